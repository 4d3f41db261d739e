//! The file of checkpoints, on a volume that may hang: then it is left alone until it answers, and nobody waits for it longer than a while.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

/// So long the volume has for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Shelf {
    path: PathBuf,
    /// Held by the thread that waits for the volume, though nobody waits for the thread any more: there is never more than one.
    turn: Arc<Semaphore>,
    patience: Duration,
}

impl Shelf {
    pub(super) fn new(path: PathBuf) -> Shelf {
        Shelf { path, turn: Arc::new(Semaphore::new(1)), patience: PATIENCE }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What stands in the file; nothing while there is none.
    pub(super) async fn text(&self) -> io::Result<String> {
        self.ask(|path| match std::fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read,
        })
        .await
    }

    /// Adds a line to the file.
    pub(super) async fn add(&self, line: String) -> io::Result<()> {
        self.ask(move |path| add(path, &line)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let Ok(turn) = Arc::clone(&self.turn).try_acquire_owned() else {
            return Err(io::Error::new(ErrorKind::TimedOut, "the volume has not answered since"));
        };
        let path = self.path.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&path)
        });
        match tokio::time::timeout(self.patience, answer).await {
            Ok(answer) => answer.map_err(io::Error::other)?,
            Err(_) => Err(io::Error::new(ErrorKind::TimedOut, "the volume does not answer")),
        }
    }
}

fn add(path: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    // Begins with a line's end, so that it never continues one which a power cut has left half written. In one piece, since replicas may share
    // the file.
    file.write_all(format!("\n{line}\n").as_bytes())?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_volume_that_hangs_is_waited_for_once_and_used_again_when_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.checkpoints");
        // Opening it waits until somebody opens the other end, as a volume that is away waits for its server.
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let shelf = Shelf { patience: Duration::from_millis(50), ..Shelf::new(path.clone()) };
        let told = async || shelf.add("line".to_owned()).await.map_err(|error| error.to_string());
        assert_eq!(told().await, Err("the volume does not answer".to_owned()));
        for _ in 0..3 {
            assert_eq!(told().await, Err("the volume has not answered since".to_owned()), "no thread more");
        }
        let mut other_end = std::fs::File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut late = [0; 6];
        io::Read::read_exact(&mut other_end, &mut late).unwrap();
        assert_eq!(&late, b"\nline\n");
        while told().await.is_err() {}
        assert_eq!(shelf.text().await.unwrap(), "\nline\n");
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_empty_and_made_by_the_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("deep/a.checkpoints"));
        assert_eq!(shelf.text().await.unwrap(), "");
        shelf.add("one".to_owned()).await.unwrap();
        shelf.add("two".to_owned()).await.unwrap();
        assert_eq!(shelf.text().await.unwrap(), "\none\n\ntwo\n");
        let nowhere = Shelf::new(folder.path().join("deep/a.checkpoints/below"));
        assert!(nowhere.add("three".to_owned()).await.is_err());
    }
}
