//! The layers of the configuration and their order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config::{Config, Environment, File, FileFormat};

use super::Settings;

/// The annotated file that is the default.
const DEFAULTS: &str = include_str!("../../linkage.default.toml");
const PREFIX: &str = "LINKAGE_";
const SECTIONS: &str = "__";
/// What a variable lists with commas in between; other lists are of tables, which need a file.
const LISTS: [&str; 2] = ["limits.trusted_proxies", "enrollment.service.dns_servers"];
/// OpenTelemetry's own name for what the section telemetry says.
const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.endpoint");

/// Reads the layers: the defaults that ship, files of which the later ones win, the environment as given, and flags as (`section.key`, value).
pub fn load(
    files: &[PathBuf],
    environment: BTreeMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<Settings> {
    let settings = merge(files, environment, flags)?;
    settings.try_deserialize().context("configuration: `linkage serve --print-config` shows every key that there is")
}

/// The whole configuration as TOML, with secrets masked.
pub fn masked(
    files: &[PathBuf],
    environment: BTreeMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<String> {
    let mut table: toml::Table = merge(files, environment, flags)?.try_deserialize()?;
    for (_, section) in &mut table {
        if let Some(database) = section.get_mut("database")
            && database.as_str().is_some_and(|url| !url.is_empty())
        {
            *database = toml::Value::String("(masked)".to_owned());
        }
    }
    Ok(toml::to_string_pretty(&table)?)
}

fn merge(files: &[PathBuf], environment: BTreeMap<String, String>, flags: &[(&str, String)]) -> anyhow::Result<Config> {
    let collector = environment.get(COLLECTOR.0).cloned();
    // Variables of this prefix without a section are others': test settings, Kubernetes service links.
    let ours = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX) && name.contains(SECTIONS));
    let source = Environment::with_prefix("LINKAGE")
        .prefix_separator("_")
        .separator(SECTIONS)
        .try_parsing(true)
        .list_separator(",")
        .source(Some(ours.collect()));
    let source = LISTS.iter().fold(source, |source, key| source.with_list_parse_key(key));
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(endpoint) = collector {
        builder = builder.add_source(Config::builder().set_override(COLLECTOR.1, endpoint)?.build()?);
    }
    for file in files {
        builder = builder.add_source(File::from_str(&read(file)?, FileFormat::Toml));
    }
    builder = builder.add_source(source);
    for (key, value) in flags {
        builder = builder.set_override(*key, value.clone())?;
    }
    builder.build().context("configuration")
}

/// The text of a file that is TOML. What is wrong is told by its line alone: the text may hold a password.
fn read(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    if let Err(error) = text.parse::<toml::Table>() {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        anyhow::bail!("{}, line {line}: {}", file.display(), error.message());
    }
    Ok(text)
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
        let masked = masked(&[], BTreeMap::new(), &[]).unwrap();
        assert_eq!(masked.parse::<toml::Table>().unwrap(), DEFAULTS.parse::<toml::Table>().unwrap());
        // What the file says is what a service has that is told nothing.
        assert_eq!(settings.verification.service, verification::Config::default());
        assert_eq!(settings.relationship.service, relationship::Config::default());
        assert_eq!(settings.notification.service, notification::Config::default());
        assert_eq!(settings.limits.of_a_service(), runtime::Limits::default());
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
        let files = [file.clone()];
        let of = |environment, flags: &[(&str, String)]| load(&files, environment, flags).unwrap().operator.email;
        assert_eq!(of(BTreeMap::new(), &[]), "file@example.com");
        let environment = variable("LINKAGE_OPERATOR__EMAIL", "environment@example.com");
        assert_eq!(of(environment.clone(), &[]), "environment@example.com");
        assert_eq!(of(environment, &[("operator.email", "flag@example.com".to_owned())]), "flag@example.com");
        let later = folder.path().join("later.toml");
        std::fs::write(&later, "[operator]\nemail = \"later@example.com\"\n").unwrap();
        let both = load(&[file, later], BTreeMap::new(), &[]).unwrap();
        assert_eq!(both.operator.email, "later@example.com");
    }

    #[test]
    fn a_variable_lists_with_commas() {
        let of = |value: &str| load(&[], variable("LINKAGE_LIMITS__TRUSTED_PROXIES", value), &[]);
        assert_eq!(of("10.1.0.0/16,192.0.2.7").unwrap().limits.trusted_proxies.len(), 2);
        let error = format!("{:#}", of("10.1.0.0/16,proxy").unwrap_err());
        assert!(error.contains("\"proxy\" is no network"), "{error}");
        let servers = variable("LINKAGE_ENROLLMENT__SERVICE__DNS_SERVERS", "192.0.2.53:53,192.0.2.54:53");
        assert_eq!(load(&[], servers, &[]).unwrap().enrollment.service.dns_servers.len(), 2);
        let filter = variable("LINKAGE_LOG__FILTER", "warn,linkage=info");
        assert_eq!(load(&[], filter, &[]).unwrap().log.filter, "warn,linkage=info", "what is no list stays one text");
    }

    #[test]
    fn a_collector_may_be_named_by_open_telemetrys_own_variable() {
        let of = |environment| load(&[], environment, &[]).unwrap().telemetry.endpoint;
        assert_eq!(of(BTreeMap::new()), "", "nothing is sent unless somebody asks");
        let mut both = variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://theirs:4317");
        assert_eq!(of(both.clone()), "http://theirs:4317");
        both.extend(variable("LINKAGE_TELEMETRY__ENDPOINT", "http://ours:4317"));
        assert_eq!(of(both), "http://ours:4317");
    }

    #[test]
    fn unknown_keys_are_refused_and_foreign_variables_are_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("linkage.toml");
        std::fs::write(&file, "[operator]\nmail = \"x\"\n").unwrap();
        let error = format!("{:#}", load(&[file], BTreeMap::new(), &[]).unwrap_err());
        assert!(error.contains("mail"), "{error}");
        assert!(load(&[], variable("LINKAGE_OPERATOR__MAIL", "x"), &[]).is_err());
        assert!(load(&[], variable("LINKAGE_TEST_POSTGRES", "x"), &[]).is_ok());
        assert!(load(&[], variable("LINKAGE_SERVICE_HOST", "x"), &[]).is_ok());
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_its_line_and_never_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database.toml");
        std::fs::write(&file, "[enrollment]\ndatabase = \"postgres://u:hush@h/d\n").unwrap();
        let error = format!("{:#}", load(&[file], BTreeMap::new(), &[]).unwrap_err());
        assert!(error.contains("database.toml, line 2") && !error.contains("hush"), "{error}");
    }

    #[test]
    fn secrets_are_masked() {
        let text = masked(&[], variable("LINKAGE_ENROLLMENT__DATABASE", "postgres://u:hush@h/d"), &[]).unwrap();
        assert!(text.contains("(masked)") && !text.contains("hush"), "{text}");
    }
}
