//! Where evidence is kept: a folder, one file for each digest. What is coming in stands apart until it is whole.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest::{Context, SHA256};
use tempfile::NamedTempFile;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

/// So much of a file's beginning tells its media type.
const HEAD: usize = 8 * 1024;

/// Where files come in.
const INCOMING: &str = "incoming";

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    folder: PathBuf,
}

/// A file that is coming in. Gone when dropped, unless it was kept.
pub(crate) struct Incoming {
    place: NamedTempFile,
    file: File,
    digest: Context,
    head: Vec<u8>,
    size: u64,
}

/// A file that has come in whole, with what was found in it.
pub(crate) struct Whole {
    place: NamedTempFile,
    /// SHA-256, in hexadecimal.
    pub(crate) digest: String,
    /// As its beginning tells; none when that is unknown.
    pub(crate) media_type: Option<&'static str>,
    pub(crate) size: u64,
}

impl Files {
    pub(crate) fn new(folder: PathBuf) -> Files {
        Files { folder }
    }

    /// Begins a file.
    pub(crate) async fn begin(&self) -> io::Result<Incoming> {
        let incoming = self.folder.join(INCOMING);
        fs::create_dir_all(&incoming).await?;
        let place = NamedTempFile::new_in(incoming)?;
        let file = File::from_std(place.reopen()?);
        Ok(Incoming { place, file, digest: Context::new(&SHA256), head: Vec::new(), size: 0 })
    }

    /// Keeps a whole file under its digest. One that is there already stays: it is the same.
    pub(crate) async fn keep(&self, whole: Whole) -> io::Result<()> {
        let path = self.path(&whole.digest);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
        }
        whole.place.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// The content of this digest.
    pub(crate) async fn read(&self, digest: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(digest)).await
    }

    /// Removes what came in half and was last written to before this time: nobody writes to it any more, since whoever did was killed. Says how
    /// many files that were.
    pub(crate) async fn sweep(&self, before: SystemTime) -> io::Result<usize> {
        let mut entries = match fs::read_dir(self.folder.join(INCOMING)).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut removed = 0;
        while let Some(entry) = entries.next_entry().await? {
            // One that is gone by now was kept, or given up, meanwhile.
            let written = entry.metadata().await.and_then(|found| found.modified());
            if written.is_ok_and(|written| written < before) && fs::remove_file(entry.path()).await.is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// In folders by the first two digits, so that none grows too large.
    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(Path::new(digest.get(..2).unwrap_or_default())).join(digest)
    }
}

impl Incoming {
    /// Takes the next piece.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(missing));
        self.digest.update(piece);
        self.size += piece.len() as u64;
        self.file.write_all(piece).await
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// All has come: it is on disk when this returns.
    pub(crate) async fn end(mut self) -> io::Result<Whole> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Whole {
            place: self.place,
            digest: data_encoding::HEXLOWER.encode(self.digest.finish().as_ref()),
            media_type: infer::get(&self.head).map(|found| found.mime_type()),
            size: self.size,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(folder: &Path) -> usize {
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            files += if path.is_dir() { count(&path) } else { 1 };
        }
        files
    }

    async fn incoming(files: &Files, pieces: &[&[u8]]) -> Incoming {
        let mut incoming = files.begin().await.unwrap();
        for piece in pieces {
            incoming.write(piece).await.unwrap();
        }
        incoming
    }

    #[tokio::test]
    async fn a_file_is_kept_once_under_its_digest_and_what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("evidence"));
        let whole = incoming(&files, &[b"%PDF-", b"1.7 x"]).await.end().await.unwrap();
        assert_eq!((whole.size, whole.media_type), (10, Some("application/pdf")));
        let digest = whole.digest.clone();
        files.keep(whole).await.unwrap();
        assert_eq!(files.read(&digest).await.unwrap(), b"%PDF-1.7 x");
        let again = incoming(&files, &[b"%PDF-1.7 x"]).await.end().await.unwrap();
        assert_eq!(again.digest, digest);
        files.keep(again).await.unwrap();
        drop(incoming(&files, &[b"half of"]).await);
        drop(incoming(&files, &[b"whole and refused"]).await.end().await.unwrap());
        assert_eq!(count(folder.path()), 1);
    }

    #[tokio::test]
    async fn what_a_killed_process_left_half_is_removed_and_what_still_comes_in_stays() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().to_owned());
        let now = SystemTime::from(runtime::clock::system_time());
        assert_eq!(files.sweep(now).await.unwrap(), 0, "nothing came in yet");
        let young = incoming(&files, &[b"still coming"]).await;
        let whole = incoming(&files, &[b"%PDF-1.7 x"]).await.end().await.unwrap();
        let digest = whole.digest.clone();
        files.keep(whole).await.unwrap();
        let left = folder.path().join("incoming/left");
        let long_ago = now - runtime::serve::LONGEST_UPLOAD * 2;
        for path in [left, files.path(&digest)] {
            std::fs::File::create_new(&path)
                .or_else(|_| std::fs::File::open(&path))
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }
        assert_eq!(files.sweep(now - runtime::serve::LONGEST_UPLOAD).await.unwrap(), 1);
        assert_eq!(count(folder.path()), 2, "what is kept is kept, however old");
        young.end().await.unwrap();
    }

    #[tokio::test]
    async fn a_media_type_is_what_the_content_says() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().to_owned());
        for (content, media_type) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0....", Some("image/jpeg")),
            (b"PK\x03\x04....", Some("application/zip")),
            (b"just text", None),
            (b"", None),
        ] {
            assert_eq!(incoming(&files, &[content]).await.end().await.unwrap().media_type, media_type, "{content:?}");
        }
    }
}
