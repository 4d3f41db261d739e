//! What PostgreSQL itself shows of a channel to each of its parties, to a stranger, and to who does not say whom it asks for, where no statement asks
//! whose the rows are.

use std::collections::BTreeMap;

use ids::kind;
use linkage::ServiceName;
use secrecy::ExposeSecret as _;

use crate::harness::on_the_stricter;
use crate::scenes::{Capacity, Company};

/// Columns that name a party of their row.
const PARTIES: [&str; 11] = [
    "customer",
    "grantee",
    "grantor",
    "organization",
    "organization_id",
    "other_partner",
    "partner",
    "provider",
    "recipient",
    "reseller",
    "sender",
];

/// Tables that name an organization and are behind no wall, and why.
const OPEN: [(&str, &str); 6] = [
    ("access", "what a token still counts for, before it is known whose it is"),
    ("agreement_reminder", "of an enrollment, by the sweep alone"),
    ("consent", "found by its invitation, whose parties see it"),
    ("directory_entry", "what providers published, for everybody"),
    ("journal_party", "which entries a party may read; numbered and verified by nobody's leave"),
    ("standing", "a fact for all who deal with the organization"),
];

/// Everybody's, as operators and sweeps read.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

struct Table {
    name: String,
    walled: bool,
    /// Finds the rows of an organization, by each column that names one.
    parties: Vec<String>,
}

fn tables(url: &str) -> Vec<Table> {
    let query = "SELECT CAST(c.relname || ' ' || (c.relrowsecurity AND c.relforcerowsecurity) || ' ' || \
        string_agg(a.attname, ',' ORDER BY a.attname) AS text) \
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
        AND (a.attname <> 'sender' OR a.atttypid = CAST('uuid' AS regtype)) \
        WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace) \
        GROUP BY c.relname, c.relrowsecurity, c.relforcerowsecurity ORDER BY 1";
    let read = |line: String| {
        let mut words = line.split(' ');
        let mut next = || words.next().expect("a word").to_owned();
        let (name, walled, columns) = (next(), next(), next());
        let mut parties: Vec<_> =
            columns.split(',').filter(|column| PARTIES.contains(column)).map(str::to_owned).collect();
        if name == "organization" && columns.split(',').any(|column| column == "display_name") {
            parties.push("id".to_owned());
        }
        Table { name, walled: walled == "true", parties }
    };
    testkit::ask(url, query).into_iter().map(read).collect()
}

fn count(url: &str, organization: &str, table: &str) -> usize {
    let rows = testkit::ask_for(url, organization, &format!("SELECT CAST(count(*) AS text) FROM \"{table}\""));
    rows[0].parse().expect("a number")
}

fn owned(url: &str, table: &Table, organization: &str) -> usize {
    let of: Vec<_> = table.parties.iter().map(|column| format!("{column} = '{organization}'")).collect();
    let query = format!("SELECT CAST(count(*) AS text) FROM \"{}\" WHERE {}", table.name, of.join(" OR "));
    testkit::ask(url, &query)[0].parse().expect("a number")
}

#[tokio::test]
async fn r66_the_database_itself_shows_each_party_of_a_channel_its_own_rows_alone() {
    on_the_stricter(async |stage| {
        // SQLite has no such wall.
        if !stage.can_be_replicated() {
            return;
        }
        let channel = stage.channel().await;
        let stranger = stage.partner(Company::DONAUNEBEL, Capacity::Reseller).await;
        stage.settle().await;
        let id =
            |name: &str| ids::parse::<kind::Organization>(name).expect("an organization's name").uuid().to_string();
        let members = [
            ("provider", id(&channel.partnership.provider.organization)),
            ("reseller", id(&channel.partnership.reseller.organization)),
            ("customer", id(&channel.customer.organization)),
            ("stranger", id(&stranger.organization)),
        ];
        // How many rows each sees of which table.
        let mut seen = BTreeMap::<(String, &str), usize>::new();
        for service in ServiceName::ALL {
            let database = stage.settings.database(service);
            let url = database.url.expose_secret();
            for table in tables(url) {
                if !table.walled {
                    let known = table.parties.is_empty() || OPEN.iter().any(|(open, _)| *open == table.name);
                    assert!(known, "{service}: {} names {:?} and is behind no wall", table.name, table.parties);
                    continue;
                }
                let all = count(url, EVERYBODY, &table.name);
                assert_eq!(count(url, "", &table.name), 0, "{service}: {} is shown to nobody", table.name);
                for (who, organization) in &members {
                    let (shown, owned) = (count(url, organization, &table.name), owned(url, &table, organization));
                    assert_eq!(shown, owned, "{service}: {} as shown to the {who}, of {all}", table.name);
                    *seen.entry((table.name.clone(), who)).or_default() += shown;
                }
            }
        }
        let seen = |table: &str| members.clone().map(|(who, _)| seen[&(table.to_owned(), who)]);
        assert_eq!(seen("partnership"), [1, 1, 0, 0]);
        assert_eq!(seen("reseller_relationship"), [2, 2, 2, 0]);
        assert_eq!(seen("vetting_case"), [1, 1, 0, 1]);
        for table in ["member", "organization"] {
            assert_eq!(seen(table), [1; 4], "{table}");
        }
        for table in ["admin_grant", "enrollment", "invitation", "legal_profile", "signature"] {
            assert!(seen(table).iter().any(|rows| *rows > 0), "{table} is empty: nothing is shown");
        }
    })
    .await;
}
