//! The journal goes on whatever becomes of the volume that its checkpoints are kept on.

use std::fs::OpenOptions;
use std::process::Command;
use std::time::{Duration, Instant};

use runtime::{Service as _, checkpoint};

use crate::pair::{Pair, Source};

/// Longer than a volume has for an answer, on a machine however busy.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_volume_that_hangs_holds_no_entry_up_for_long_and_the_next_ones_not_at_all() {
    let pair = Pair::start(testkit::sqlite()).await;
    let file = checkpoint::file(&pair.place.checkpoints(), Source::NAME);
    std::fs::create_dir(pair.place.checkpoints()).unwrap();
    // Opening it waits until somebody opens the other end, as a volume that is away waits for its server.
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    pair.happen("a", "text").await;
    let numbered = tokio::time::timeout(LIMIT, pair.source.number_once()).await;
    assert_eq!(numbered.expect("it goes on").unwrap(), 1);
    pair.happen("b", "text").await;
    let began = Instant::now();
    assert_eq!(pair.source.number_once().await.unwrap(), 1);
    assert!(began.elapsed() < Duration::from_secs(4), "it is left alone for a while");
    // It answers, so that nothing waits for it any more.
    OpenOptions::new().write(true).open(&file).unwrap();
}
