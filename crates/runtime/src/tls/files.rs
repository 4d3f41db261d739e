//! What is made of files, and made anew when they change.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ring::digest;
use secrecy::zeroize::Zeroizing;

use super::TlsError;

/// A file as it was read.
#[derive(Default)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) contents: Zeroizing<Vec<u8>>,
}

/// Made of so many files as they last were right.
pub(super) struct Files<C, const N: usize> {
    /// What they are, for the log.
    what: &'static str,
    paths: [PathBuf; N],
    make: fn(&[File; N]) -> Result<C, TlsError>,
    now: RwLock<Arc<C>>,
    /// What was read last, right or wrong, so that it is judged and told once.
    last: Mutex<Mark>,
}

/// A digest of the contents, or why there are none.
#[derive(PartialEq, Eq)]
enum Mark {
    Read(Vec<u8>),
    Unread(String),
}

impl<C: Send + Sync + 'static, const N: usize> Files<C, N> {
    pub(super) fn load(
        what: &'static str,
        paths: [PathBuf; N],
        make: fn(&[File; N]) -> Result<C, TlsError>,
    ) -> Result<Files<C, N>, TlsError> {
        let files = read(&paths)?;
        let now = RwLock::new(Arc::new(make(&files)?));
        Ok(Files { what, now, last: Mutex::new(mark(&files)), paths, make })
    }

    pub(super) fn now(&self) -> Arc<C> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads them anew, away from those who work: a volume may be slow to answer.
    pub(super) async fn look(&self) {
        let paths = self.paths.clone();
        // It can't be cancelled, and a panic in it was told.
        let Ok(read) = tokio::task::spawn_blocking(move || read(&paths)).await else { return };
        let mark = read.as_ref().map_or_else(|error| Mark::Unread(error.to_string()), mark);
        if !self.is_news(mark) {
            return;
        }
        let what = self.what;
        match read.and_then(|files| (self.make)(&files)) {
            Ok(made) => {
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
                tracing::info!(what, files = ?self.paths, "changed files are in use for new connections");
            }
            Err(error) => {
                tracing::error!(what, %error, "changed files can't be used: those read before stay in use");
            }
        }
    }

    fn is_news(&self, mark: Mark) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let news = *last != mark;
        *last = mark;
        news
    }
}

impl<C, const N: usize> fmt::Debug for Files<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Files").field(&self.paths).finish()
    }
}

fn read<const N: usize>(paths: &[PathBuf; N]) -> Result<[File; N], TlsError> {
    let mut files = std::array::from_fn(|_| File::default());
    for (file, path) in files.iter_mut().zip(paths) {
        let name = path.display().to_string();
        match fs::read(path) {
            Ok(contents) => *file = File { name, contents: Zeroizing::new(contents) },
            Err(source) => return Err(TlsError::File { file: name, source }),
        }
    }
    Ok(files)
}

fn mark<const N: usize>(files: &[File; N]) -> Mark {
    let mut all = Vec::new();
    for file in files {
        all.extend_from_slice(digest::digest(&digest::SHA256, &file.contents).as_ref());
    }
    Mark::Read(all)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static JUDGED: AtomicUsize = AtomicUsize::new(0);

    fn judge([file]: &[File; 1]) -> Result<Vec<u8>, TlsError> {
        JUDGED.fetch_add(1, Ordering::SeqCst);
        match file.contents.as_slice() {
            b"wrong" => Err(TlsError::NoHost(file.name.clone())),
            right => Ok(right.to_vec()),
        }
    }

    #[tokio::test]
    async fn files_are_judged_and_told_once_and_the_right_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "first").unwrap();
        let files = Files::load("file", [path.clone()], judge).unwrap();
        let mut judged = 1;
        for (text, news, now) in [
            ("first", false, "first"),
            ("wrong", true, "first"),
            ("second", true, "second"),
            ("second", false, "second"),
        ] {
            fs::write(&path, text).unwrap();
            for _ in 0..3 {
                files.look().await;
            }
            judged += usize::from(news);
            assert_eq!((JUDGED.load(Ordering::SeqCst), files.now().as_slice()), (judged, now.as_bytes()), "{text}");
        }
        fs::remove_file(&path).unwrap();
        files.look().await;
        assert!(!files.is_news(Mark::Unread(read(&files.paths).err().unwrap().to_string())), "it was told");
        assert_eq!(files.now().as_slice(), b"second");
    }
}
