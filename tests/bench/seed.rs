//! Fills relationship's database in bulk with rows as the product would write them: a channel in which every order can be placed.

mod dialect;

use anyhow::{Context, Result, ensure};
use linkage::ServiceName;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::cast::{Channel, NONCE, Of};
use crate::cluster::Cluster;
use crate::suite::{Backing, Suite};
use dialect::Dialect;

/// Invitations that wait to be accepted, for the service and for its yardstick.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    /// So many of each kind for each of the two.
    pub(crate) pool: u64,
    /// Senders with few pending ones, and as many with many.
    pub(crate) senders: u64,
    pub(crate) few: u64,
    pub(crate) many: u64,
}

impl Waiting {
    /// The first invitation of the customer kind: those before are to partnerships.
    pub(crate) fn first_customer(self) -> u64 {
        self.pool * 2
    }

    fn first_pending(self) -> u64 {
        self.pool * 4
    }
}

/// Which pairs of strangers are invited by what: each pair at most once.
pub(crate) fn pairs(channel: Channel, quarter: u64) -> u64 {
    channel.providers() * (channel.resellers() - 10) / 4 * quarter
}

/// Fills the database of a suite that does not serve yet.
pub(crate) async fn seed(
    backing: Backing<'_>,
    suite: &Suite,
    channel: Channel,
    waiting: Option<Waiting>,
) -> Result<()> {
    ensure!(channel.customers >= 1_000 && channel.customers.is_multiple_of(100), "customers: 1000, or more hundreds");
    let dialect = Dialect::of(backing);
    let mut statements = organizations(dialect, channel);
    statements.extend(relations(dialect, channel));
    if let Some(waiting) = waiting {
        ensure!(
            waiting.pool * 2 <= pairs(channel, 1),
            "{} customers are too few for so many rounds",
            channel.customers
        );
        statements.extend(invitations(dialect, channel, waiting));
    }
    run(backing, suite.database(ServiceName::Relationship)?, &statements).await
}

async fn run(backing: Backing<'_>, url: &str, statements: &[String]) -> Result<()> {
    match backing {
        Backing::Sqlite => {
            let mut connection = SqliteConnection::connect(url).await?;
            for statement in statements {
                let done = sqlx::raw_sql(AssertSqlSafe(statement.as_str())).execute(&mut connection).await;
                done.with_context(|| statement.clone())?;
            }
            Ok(connection.close().await?)
        }
        Backing::Postgres(_) => {
            let mut connection = PgConnection::connect(&Cluster::unwalled(url)).await?;
            for statement in statements.iter().map(String::as_str).chain(["VACUUM ANALYZE", "CHECKPOINT"]) {
                let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await;
                done.with_context(|| statement.to_owned())?;
            }
            Ok(connection.close().await?)
        }
    }
}

/// Parties that are all in good standing, as enrollment would have told of them.
fn organizations(sql: Dialect, channel: Channel) -> Vec<String> {
    let partners = [
        (Of::Provider, Of::ProviderStanding, Of::ProviderLocation, "INDIRECT_PROVIDER", channel.providers()),
        (Of::Reseller, Of::ResellerStanding, Of::ResellerLocation, "INDIRECT_RESELLER", channel.resellers() + 1),
    ];
    let mut statements = Vec::new();
    for (of, standing, location, capacity, count) in partners {
        statements.push(parties(sql, of, "0", count));
        statements.push(format!(
            "INSERT INTO standing SELECT {}, {}, '{capacity}', 'ACTIVE', {}, 'SE', 1, {}, 3, NULL FROM {}",
            sql.id(standing, "i"),
            sql.id(of, "i"),
            sql.id(location, "i"),
            sql.time("i"),
            sql.series(count)
        ));
        statements.push(format!(
            "INSERT INTO agreement SELECT '{capacity}', 'EUROPE', 1, {}, NULL FROM {}",
            sql.time("0"),
            sql.series(1)
        ));
    }
    statements.push(parties(sql, Of::Customer, "0", channel.spare()));
    statements
}

fn parties(sql: Dialect, of: Of, first: &str, count: u64) -> String {
    format!(
        "INSERT INTO organization SELECT {id}, 'Organization ' || ({first} + i), 'SE', 'en', {mail}, '[]', 2, NULL FROM {series}",
        id = sql.id(of, &format!("({first} + i)")),
        mail = sql.email(of, &format!("({first} + i)")),
        series = sql.series(count)
    )
}

/// Every reseller with its provider, every customer with both; the large reseller's customers come last.
fn relations(sql: Dialect, channel: Channel) -> Vec<String> {
    let (customers, large) = (channel.customers, channel.large());
    let reseller = format!("CASE WHEN i < {customers} THEN i / 10 ELSE {large} END");
    let provider = format!("CASE WHEN i < {customers} THEN i / 100 ELSE 0 END");
    let (one, other) = (sql.id(Of::Reseller, &reseller), sql.id(Of::Provider, &provider));
    let side =
        |of_reseller: &str, of_provider: &str| format!("CASE side WHEN 0 THEN {of_reseller} ELSE {of_provider} END");
    // Both of a pair one after the other, as an acceptance writes them.
    let sides = format!(
        "INSERT INTO reseller_relationship SELECT {}, 1, {}, {}, {}, {}, {}, 'ACTIVE', {time}, {time}, NULL, NULL, NULL \
        FROM {}, (SELECT 0 AS side UNION ALL SELECT 1) sides ORDER BY i, side",
        side(&sql.id(Of::ResellerSide, "i"), &sql.id(Of::ProviderSide, "i")),
        side(&one, &other),
        sql.id(Of::Customer, "i"),
        side("'RESELLER'", "'PROVIDER'"),
        sql.id(Of::Partnership, &reseller),
        side(&other, &one),
        sql.series(customers * 2),
        time = sql.time("i"),
    );
    vec![
        format!(
            "INSERT INTO partnership SELECT {}, 1, {}, {}, TRUE, 'ACTIVE', NULL, {time}, {time}, NULL, NULL FROM {}",
            sql.id(Of::Partnership, "i"),
            sql.id(Of::Provider, &format!("CASE WHEN i < {large} THEN i / 10 ELSE 0 END")),
            sql.id(Of::Reseller, "i"),
            sql.series(large + 1),
            time = sql.time("i"),
        ),
        sides,
        format!(
            "INSERT INTO customer_agreement SELECT {}, '2025-01-01', '{:064}', {}, {} FROM {}",
            sql.id(Of::Customer, "i"),
            0,
            sql.id(Of::User, "i"),
            sql.time("i"),
            sql.series(customers * 2)
        ),
    ]
}

/// Invitations to partnerships and to customers that have no partner, and senders with few and with many pending ones.
fn invitations(sql: Dialect, channel: Channel, waiting: Waiting) -> Vec<String> {
    let (providers, resellers) = (channel.providers(), channel.resellers());
    let stranger = |n: &str| {
        (format!("({n}) % {providers}"), format!("(({n}) % {providers} * 10 + 10 + ({n}) / {providers}) % {resellers}"))
    };
    let to_partnership = |first: u64, count: u64, sender: String, receiver: String| {
        let columns = Columns { kind: "PARTNERSHIP", reseller: None, partnership: None, sender, receiver };
        invitation(sql, first, count, &columns)
    };
    let (sender, receiver) = stranger(&format!("i + {}", pairs(channel, 2)));
    let mut statements = vec![to_partnership(0, waiting.pool * 2, sender, receiver)];
    let customers = Columns {
        kind: "CUSTOMER",
        sender: format!("i % {resellers} / 10"),
        reseller: Some(format!("i % {resellers}")),
        partnership: Some(format!("i % {resellers}")),
        receiver: format!("i + {}", channel.spare()),
    };
    statements.push(parties(sql, Of::Customer, &channel.spare().to_string(), waiting.pool * 2));
    statements.push(invitation(sql, waiting.first_customer(), waiting.pool * 2, &customers));
    let mut first = waiting.first_pending();
    for (from, count) in [(0, waiting.few), (waiting.senders, waiting.many)] {
        let sender = format!("{from} + i % {}", waiting.senders);
        statements.push(to_partnership(first, count * waiting.senders, sender, format!("i % {resellers}")));
        first += count * waiting.senders;
    }
    statements
}

/// What differs between invitations, as expressions of `i`.
struct Columns {
    kind: &'static str,
    sender: String,
    reseller: Option<String>,
    partnership: Option<String>,
    receiver: String,
}

fn invitation(sql: Dialect, first: u64, count: u64, columns: &Columns) -> String {
    let to_customer = columns.kind == "CUSTOMER";
    let null = || "NULL".to_owned();
    let (reseller, location, recipient, email) = if to_customer {
        let reseller = columns.reseller.as_deref().map_or_else(null, |n| sql.id(Of::Reseller, n));
        (reseller, null(), null(), sql.email(Of::Customer, &columns.receiver))
    } else {
        let recipient = sql.id(Of::Reseller, &columns.receiver);
        (
            recipient.clone(),
            sql.id(Of::ResellerLocation, &columns.receiver),
            recipient,
            sql.email(Of::Reseller, &columns.receiver),
        )
    };
    let partnership = columns.partnership.as_deref().map_or_else(null, |n| sql.id(Of::Partnership, n));
    format!(
        // The key of the open one names the recipient; here a number does, as nobody looks these up by it.
        "INSERT INTO invitation SELECT {id}, 1, '{kind}', {sender}, {sender}, {reseller}, {location}, {partnership}, {recipient}, \
        {email}, '{kind} ' || ({first} + i), '', 'en', '[]', {expire}, '', 1, '{NONCE}', 'PENDING', NULL, '[]', {time}, {time}, \
        NULL, 0, {time}, NULL, NULL, NULL FROM {series}",
        id = sql.id(Of::Invitation, &format!("{first} + i")),
        kind = columns.kind,
        sender = sql.id(Of::Provider, &columns.sender),
        expire = sql.in_a_month(),
        time = sql.time("i"),
        series = sql.series(count),
    )
}
