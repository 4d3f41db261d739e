//! A file per mail, for whoever takes mail on by other means, or wants to open it in a mail program.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{File, rename};
use tokio::io::AsyncWriteExt;

use crate::config::ConfigError;
use crate::domain::{Letter, Message};
use crate::mime;

use super::Verdict;

#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(folder: &Path) -> Result<Folder, ConfigError> {
        let unusable = |error: io::Error| ConfigError::Folder(folder.display().to_string(), error.to_string());
        if folder.as_os_str().is_empty() {
            return Err(ConfigError::Folder(String::new(), "`transport = \"folder\"` needs one".to_owned()));
        }
        std::fs::create_dir_all(folder).map_err(unusable)?;
        Ok(Folder(folder.to_owned()))
    }

    /// The file has the message's name: a try that was cut off is written over, never beside.
    pub(super) async fn offer(&self, message: &Message, letter: &Letter) -> Verdict {
        let Ok(mail) = mime::mail(message.id, letter, message.create_time) else {
            return Verdict::Never("ADDRESS_UNSENDABLE".to_owned());
        };
        match self.write(&message.id.to_string(), &mail.formatted()).await {
            Ok(()) => Verdict::Accepted,
            Err(error) => {
                tracing::warn!(message = message.id.name(), %error, "a mail can't be written to its folder");
                Verdict::Later("FOLDER_UNWRITABLE".to_owned())
            }
        }
    }

    async fn write(&self, name: &str, mail: &[u8]) -> io::Result<()> {
        let part = self.0.join(format!(".{name}.part"));
        let mut file = File::create(&part).await?;
        file.write_all(mail).await?;
        file.sync_all().await?;
        rename(part, self.0.join(format!("{name}.eml"))).await
    }
}
