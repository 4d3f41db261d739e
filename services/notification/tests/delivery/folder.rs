//! A file per mail.

use notification::{Config, Way};
use testkit::on_every_database;
use wire::notification::message::State;

use crate::sender::{Pair, to, verification};

#[tokio::test]
async fn r52_each_mail_is_one_file_whatever_happens() {
    on_every_database(async |database| {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("outgoing");
        let config = Config { transport: Way::Folder, folder: place.clone(), ..Config::default() };
        let pair = Pair::start(database, config).await;
        let files = || {
            let mut files: Vec<_> = std::fs::read_dir(&place).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            files
        };
        pair.send(to(verification(7), &["ada@example.com", "bo@example.com"])).await.unwrap();
        pair.execute("CREATE TABLE kept AS SELECT id, contents FROM message").await;
        pair.sweep().await;
        let written = files();
        assert_eq!(written.len(), 2);
        let sent = pair.messages(State::Sent).await;
        for (message, address) in sent.iter().zip(["ada@example.com", "bo@example.com"]) {
            let mail = std::fs::read_to_string(place.join(format!("{}.eml", message.uid))).unwrap();
            assert!(mail.contains(&format!("To: {address}\r\n")) && mail.contains("multipart/alternative"), "{mail}");
        }
        // As if the process had ended between the file and the row.
        pair.execute(
            "UPDATE message SET state = 'SENDING', due_time = create_time, end_time = NULL, \
             contents = (SELECT contents FROM kept WHERE kept.id = message.id)",
        )
        .await;
        pair.sweep().await;
        assert_eq!(files(), written, "the same file, not one more");
        std::fs::remove_dir_all(&place).unwrap();
        pair.send(to(verification(8), &["cy@example.com"])).await.unwrap();
        pair.sweep().await;
        assert_eq!(pair.messages(State::Queued).await[0].last_error, "FOLDER_UNWRITABLE");
        std::fs::create_dir(&place).unwrap();
        pair.set_offset(3_600).await;
        pair.sweep().await;
        assert_eq!(files().len(), 1);
    })
    .await;
}
