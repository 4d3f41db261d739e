//! What a user types.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// System of record for who may sell to whom in a two-tier cloud channel.
///
/// Without a command it serves all four services on embedded SQLite under ./linkage-data.
#[derive(Debug, Parser)]
#[command(name = "linkage", version, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where the configuration comes from.
    #[command(flatten)]
    pub source: Source,
}

/// Where the configuration comes from.
#[derive(Debug, Clone, Default, Args)]
pub struct Source {
    /// A TOML file; `linkage serve --print-config` shows every key. Of several, the later ones win.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// The folder for data and keys [default: ./linkage-data].
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve one service, or all four in this process.
    Serve(Serve),
    /// Play a journey over real gRPC and say whether every expectation held. The main job.
    Demo(Demo),
    /// Bring the schema of the databases up to date.
    Migrate(Migrate),
    /// Make the operator's organization and its first user, once.
    Bootstrap(Bootstrap),
    /// Make the keys that each service needs, in a folder of its own.
    Keys(Keys),
    /// Print an access token of somebody known to the development issuer.
    Token(Token),
    /// List, read or follow the mails in the simulated mailboxes, as the operator.
    Mail(Mail),
    /// Print the trail of the four services, merged by time.
    Audit(Audit),
    /// Look for what would keep services from starting, from being believed or from being reached; changes nothing.
    Doctor(Doctor),
    /// Print which rules are known of how many markets, and from where.
    Rules(Rules),
}

/// Serving.
#[derive(Debug, Clone, Default, Args)]
pub struct Serve {
    /// Only this service.
    pub service: Option<Name>,
    /// Let callers on loopback move the clock, and sign in with the development issuer.
    #[arg(long)]
    pub simulation: bool,
    /// Print the configuration with secrets masked, and exit.
    #[arg(long)]
    pub print_config: bool,
}

/// A journey.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// The journey, YAML or JSON; the one that ships when absent.
    pub file: Option<PathBuf>,
    /// Play against services that run, as configured, instead of a fresh suite.
    #[arg(long)]
    pub against: bool,
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
    /// How many seconds a service that is away is waited for.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub retry_for: u64,
    /// A W3C traceparent that every call is part of, for whoever looks at the journey by a collector; a new one when absent.
    #[arg(long, value_name = "TRACEPARENT")]
    pub trace: Option<String>,
    /// Letters and digits that make this run's names its own; chosen when absent.
    #[arg(long)]
    pub run: Option<String>,
    /// Print the JSON Schema of journey files, and exit.
    #[arg(long)]
    pub schema: bool,
}

/// Schemas.
#[derive(Debug, Clone, Default, Args)]
pub struct Migrate {
    /// Only this service.
    pub service: Option<Name>,
    /// The databases were restored from a backup, and nothing runs on them: raises their epoch, without which siblings would take what
    /// they are told for what they know already, and voids open links, codes and sessions, as what became of them is not known.
    #[arg(long)]
    pub restored: bool,
}

/// The operator.
#[derive(Debug, Clone, Args)]
pub struct Bootstrap {
    /// Address of its first user; `operator.email` of the configuration when absent.
    #[arg(long)]
    pub email: Option<String>,
    /// The issuer of `enrollment.service.issuers` whose identity tokens alone let people at that address's domain in, which then counts as
    /// proven; `operator.issuer` of the configuration when absent.
    #[arg(long)]
    pub issuer: Option<String>,
    /// Succeed too when there is an operator already, and leave it as it is.
    #[arg(long)]
    pub if_absent: bool,
    /// There is an operator, and the issuer that vouched for its people is no more or goes by another name: choose --issuer in its place, or without
    /// that nobody, and bind its users anew at their next sign-in, by their addresses.
    #[arg(long, conflicts_with_all = ["if_absent", "email"])]
    pub rebind: bool,
}

/// The keys of a deployment.
#[derive(Debug, Clone, Args)]
pub struct Keys {
    /// Where they are kept: FOLDER/enrollment is what enrollment needs, and so on. What is there stays.
    pub folder: PathBuf,
    /// Make a development issuer too: its key in FOLDER/people, for `linkage token --data FOLDER/people`, and its public key beside
    /// those of each service, where `enrollment.service.issuers` may name it.
    #[arg(long)]
    pub issuer: bool,
}

/// Somebody.
#[derive(Debug, Clone, Args)]
pub struct Token {
    /// Their address.
    #[arg(long)]
    pub email: String,
    /// The organization to act for, for who belongs to several.
    #[arg(long)]
    pub organization: Option<String>,
}

/// The simulated mailboxes.
#[derive(Debug, Clone, Args)]
pub struct Mail {
    /// What to do with them; list when absent.
    #[command(subcommand)]
    pub command: Option<MailCommand>,
}

/// What to do with mail.
#[derive(Debug, Clone, Subcommand)]
pub enum MailCommand {
    /// List mails, the oldest first.
    List(MailFilter),
    /// Read one mail.
    Read {
        /// Its name, as `list` prints it.
        name: String,
        /// What of it.
        #[arg(long, value_enum, default_value_t = Body::Text)]
        body: Body,
    },
    /// Print each mail as it arrives.
    Follow(MailFilter),
}

/// Which mails.
#[derive(Debug, Clone, Default, Args)]
pub struct MailFilter {
    /// Only those to this address.
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// Only those of this kind, such as `email-verification`.
    #[arg(long, default_value = "")]
    pub kind: String,
    /// Only those with this in subject, text or address.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub search: String,
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
}

/// A part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Body {
    /// Headers and text.
    Text,
    /// The HTML body.
    Html,
    /// All of it, as a mail server would get it.
    Source,
}

/// The trail.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Audit {
    /// What to do with it; print when absent.
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// Print each entry from now on as it is written, until interrupted.
    #[arg(long)]
    pub follow: bool,
    /// Who asks; sees what their organization is a party to. The operator when absent, who sees all.
    #[arg(long)]
    pub email: Option<String>,
    /// The organization to act for, for who belongs to several.
    #[arg(long)]
    pub organization: Option<String>,
    /// How to tell it.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
}

/// What to do with the trail.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// Say whether the journals are what was written, by their chains and by the checkpoints kept outside the databases; fail when not.
    Verify(Verify),
}

/// Verifying.
#[derive(Debug, Clone, Default, Args)]
pub struct Verify {
    /// Only the journal of this service. A SQLite file is read with its service stopped.
    pub service: Option<Name>,
    /// The folder of checkpoints; `journal.checkpoint_folder` of the configuration when absent.
    #[arg(long, value_name = "FOLDER")]
    pub checkpoints: Option<PathBuf>,
    /// Do without the file of checkpoints where there is none, though nobody then sees an end that was cut off.
    #[arg(long)]
    pub without_checkpoints: bool,
    /// Public keys, PEM, that checkpoints were signed by before they were replaced.
    #[arg(long, value_name = "FILE")]
    pub key: Vec<PathBuf>,
    /// How to tell it: lines, or an object for each service.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
}

/// What is looked at.
#[derive(Debug, Clone, Args)]
pub struct Doctor {
    /// Only this service, and those that it calls.
    pub service: Option<Name>,
    /// How to tell it: a table, or an object per finding.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
}

/// The rules of countries.
#[derive(Debug, Clone, Args)]
pub struct Rules {
    /// How to tell it: the counts as a table, or an object per market.
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    pub format: Format,
}

/// How something is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Plain,
    /// A JSON object per line.
    Json,
}

/// The services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Who are you, and are you in good standing?
    Enrollment,
    /// Is it true?
    Verification,
    /// Who may act for whom?
    Relationship,
    /// Who was told?
    Notification,
}

impl From<Name> for runtime::ServiceName {
    fn from(name: Name) -> runtime::ServiceName {
        match name {
            Name::Enrollment => runtime::ServiceName::Enrollment,
            Name::Verification => runtime::ServiceName::Verification,
            Name::Relationship => runtime::ServiceName::Relationship,
            Name::Notification => runtime::ServiceName::Notification,
        }
    }
}
