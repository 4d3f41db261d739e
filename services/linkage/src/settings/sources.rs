//! The layers of the configuration and their order.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use config::{Config, Environment, File, FileFormat};

use super::Settings;

/// The annotated file that is the default.
const DEFAULTS: &str = include_str!("../../linkage.default.toml");
const PREFIX: &str = "LINKAGE_";
const SECTIONS: &str = "__";

/// Reads the layers: the defaults that ship, a file, the environment as given, and flags as (`section.key`, value).
pub fn load(
    file: Option<&Path>,
    environment: BTreeMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<Settings> {
    let settings = merge(file, environment, flags)?;
    settings.try_deserialize().context("configuration: `linkage serve --print-config` shows every key that there is")
}

/// The whole configuration as TOML, with secrets masked.
pub fn masked(
    file: Option<&Path>,
    environment: BTreeMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<String> {
    let mut table: toml::Table = merge(file, environment, flags)?.try_deserialize()?;
    for (_, section) in &mut table {
        if let Some(database) = section.get_mut("database")
            && database.as_str().is_some_and(|url| !url.is_empty())
        {
            *database = toml::Value::String("(masked)".to_owned());
        }
    }
    Ok(toml::to_string_pretty(&table)?)
}

fn merge(
    file: Option<&Path>,
    environment: BTreeMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<Config> {
    // Variables of this prefix without a section are others': test settings, Kubernetes service links.
    let ours = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX) && name.contains(SECTIONS));
    let source = Environment::with_prefix("LINKAGE")
        .prefix_separator("_")
        .separator(SECTIONS)
        .try_parsing(true)
        .source(Some(ours.collect()));
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(file) = file {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    builder = builder.add_source(source);
    for (key, value) in flags {
        builder = builder.set_override(*key, value.clone())?;
    }
    builder.build().context("configuration")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn the_defaults_that_ship_are_whole() {
        let settings = Settings::shipped().unwrap();
        assert!(settings.is_embedded());
        let masked = masked(None, BTreeMap::new(), &[]).unwrap();
        assert_eq!(masked.parse::<toml::Table>().unwrap(), DEFAULTS.parse::<toml::Table>().unwrap());
        // What the file says is what a service has that is told nothing.
        assert_eq!(settings.verification.service, verification::Config::default());
        assert_eq!(settings.relationship.service, relationship::Config::default());
        assert_eq!(settings.notification.service, notification::Config::default());
        let sections = ["enrollment", "verification", "relationship", "notification"];
        let shipped = DEFAULTS.parse::<toml::Table>().unwrap();
        let bare = |name: &&str| shipped[*name]["service"].as_table().is_none_or(toml::Table::is_empty);
        assert_eq!(sections.iter().filter(|name| bare(name)).count(), 0, "a section tells none of its keys");
    }

    #[test]
    fn later_layers_win() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("linkage.toml");
        std::fs::write(&file, "[operator]\nemail = \"file@example.com\"\n").unwrap();
        let of = |environment, flags: &[(&str, String)]| load(Some(&file), environment, flags).unwrap().operator.email;
        assert_eq!(of(BTreeMap::new(), &[]), "file@example.com");
        let environment = variable("LINKAGE_OPERATOR__EMAIL", "environment@example.com");
        assert_eq!(of(environment.clone(), &[]), "environment@example.com");
        assert_eq!(of(environment, &[("operator.email", "flag@example.com".to_owned())]), "flag@example.com");
    }

    #[test]
    fn unknown_keys_are_refused_and_foreign_variables_are_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("linkage.toml");
        std::fs::write(&file, "[operator]\nmail = \"x\"\n").unwrap();
        let error = format!("{:#}", load(Some(&file), BTreeMap::new(), &[]).unwrap_err());
        assert!(error.contains("mail"), "{error}");
        assert!(load(None, variable("LINKAGE_OPERATOR__MAIL", "x"), &[]).is_err());
        assert!(load(None, variable("LINKAGE_TEST_POSTGRES", "x"), &[]).is_ok());
        assert!(load(None, variable("LINKAGE_SERVICE_HOST", "x"), &[]).is_ok());
    }

    #[test]
    fn secrets_are_masked() {
        let text = masked(None, variable("LINKAGE_ENROLLMENT__DATABASE", "postgres://u:hush@h/d"), &[]).unwrap();
        assert!(text.contains("(masked)") && !text.contains("hush"), "{text}");
    }
}
