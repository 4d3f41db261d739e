//! How many mails of invitations a sender has caused today.

use chrono::NaiveDate;
use database::{Error, Tx};
use ids::OrganizationId;
use sea_orm::Statement;
use sea_orm::entity::prelude::*;

// Raw, since the condition on the row that is there can't be said together with the arithmetic. One row for each sender, of its last day.
const SPEND: &str = "\
INSERT INTO invitation_quota (sender, day, spent) VALUES ($1, $2, 1) \
ON CONFLICT (sender) DO UPDATE SET day = excluded.day, \
spent = CASE WHEN invitation_quota.day = excluded.day THEN invitation_quota.spent + 1 ELSE 1 END \
WHERE invitation_quota.day <> excluded.day OR invitation_quota.spent < $3";

/// Counts one more mail on this day; says whether it was among the first `most`. Of many at once no more than those are.
pub(crate) async fn spend(tx: &Tx, sender: OrganizationId, day: NaiveDate, most: u32) -> Result<bool, Error> {
    let values: [Value; 3] = [sender.uuid().into(), day.into(), i64::from(most).into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), SPEND, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() > 0)
}
