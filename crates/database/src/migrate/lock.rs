//! One migrator at a time, by a row that a migrator which died leaves behind only until it is stale.

use sea_orm::sea_query::TableCreateStatement;

use super::*;

const TTL: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);
const TABLE: &str = "migration_lock";
const NAME: &str = "migrations";

/// The right to migrate.
pub(super) struct Lock {
    owner: String,
}

pub(super) fn table() -> TableCreateStatement {
    Table::create()
        .table(TABLE)
        .if_not_exists()
        .col(ColumnDef::new("name").text().not_null().primary_key())
        .col(ColumnDef::new("owner").text().not_null())
        .col(ColumnDef::new("until").timestamp_with_time_zone().not_null())
        .to_owned()
}

impl Lock {
    /// Waits for another migrator; one that went silent is replaced after a minute.
    pub(super) async fn take(db: &Database) -> Result<Lock, Error> {
        let lock = Lock { owner: name() };
        let attempts = 2 * TTL.as_millis() / PAUSE.as_millis();
        for _ in 0..attempts {
            if db.transact(async |tx: Tx| lock.try_take(&tx).await.map(Step::Commit)).await? {
                return Ok(lock);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Error::Contended)
    }

    async fn try_take(&self, tx: &Tx) -> Result<bool, Error> {
        let now = connect::time(tx).await?;
        let owner = Expr::val(self.owner.as_str());
        let until = Expr::val(now + TTL);
        // One statement: the row is new, or it is stale and becomes ours, or nothing happens.
        let upsert = Query::insert()
            .into_table(TABLE)
            .columns(["name", "owner", "until"])
            .values_panic([Expr::val(NAME), owner, until])
            .on_conflict(
                OnConflict::column("name")
                    .update_columns(["owner", "until"])
                    .action_and_where(Expr::col((TABLE, "until")).lte(now))
                    .to_owned(),
            )
            .to_owned();
        Ok(tx.execute(&upsert).await?.rows_affected() == 1)
    }

    /// Keeps the lock for the migration that follows; contended when it was lost.
    pub(super) async fn renew(&self, tx: &Tx) -> Result<(), Error> {
        let until = connect::time(tx).await? + TTL;
        let update = Query::update()
            .table(TABLE)
            .value("until", until)
            .and_where(Expr::col("owner").eq(self.owner.as_str()))
            .to_owned();
        affected(tx.execute(&update).await?.rows_affected())
    }

    pub(super) async fn release(self, db: &Database) -> Result<(), Error> {
        db.transact(async |tx: Tx| {
            let tx = &tx;
            let delete =
                Query::delete().from_table(TABLE).and_where(Expr::col("owner").eq(self.owner.as_str())).to_owned();
            tx.execute(&delete).await?;
            Ok::<_, Error>(Step::Commit(()))
        })
        .await
    }
}

#[expect(clippy::disallowed_methods, reason = "tells two migrators apart; nothing of it stays")]
fn name() -> String {
    format!("{:032x}", rand::random::<u128>())
}
