//! `linkage token`: an access token of somebody known to the development issuer.

use std::process::ExitCode;

use runtime::keys::{ISSUER_FILE, SigningKey};
use serde_json::Value;

use crate::cli::Token;
use crate::client::Client;
use crate::people::People;
use crate::serve::print;
use crate::settings::Settings;

/// Prints the token alone, so that a shell can use it.
pub async fn run(settings: &Settings, arguments: &Token) -> anyhow::Result<ExitCode> {
    let client = Client::configured(settings)?;
    let people = people(settings)?;
    let answer = people.session(&client, &arguments.email, arguments.organization.as_deref()).await?;
    if answer.code != tonic::Code::Ok {
        anyhow::bail!("sign-in was refused: {} {} {}", answer.reason, answer.message, answer.body["metadata"]);
    }
    print(answer.body.get("access_token").and_then(Value::as_str).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

/// People of the development issuer whose key is in the data folder.
pub fn people(settings: &Settings) -> anyhow::Result<People> {
    let file = settings.keys().join(ISSUER_FILE);
    if !file.exists() {
        let what = "name the services' data folder with --data, and serve with --simulation";
        anyhow::bail!("{} is not there: {what}", file.display());
    }
    Ok(People::new(SigningKey::load_or_create(&file)?))
}
