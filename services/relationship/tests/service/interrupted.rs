//! A customer's acceptance that is interrupted at each of its writes leaves both relationships or none.

use database::{Error, Step, Tx};
use sea_orm::{ConnectionTrait, DbBackend};
use testkit::on_every_database;
use wire::relationship as pb;
use wire::relationship::admin_grant_service_client::AdminGrantServiceClient;
use wire::relationship::invitation::State;
use wire::relationship::reseller_relationship_service_client::ResellerRelationshipServiceClient;

use crate::invitation::{request_id, to_customer, whole};
use crate::stage::{CUSTOMER, RESELLER, Stage, organization};

/// More rows than an acceptance writes.
const MOST: u32 = 60;

/// Tables that an acceptance writes, whichever way: rows of a kind added later are written by the same way.
async fn tables(tx: &Tx) -> Vec<String> {
    let query = match tx.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()",
    };
    let rows = tx.query_all_raw(sea_orm::Statement::from_string(tx.get_database_backend(), query)).await.unwrap();
    let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap());
    names.filter(|name| !["fuse", "lease"].contains(&name.as_str()) && !name.contains("migration")).collect()
}

/// Every written row burns the fuse a little; the one at which it has burnt down fails. The fuse grows back with the rollback.
async fn lay(stage: &Stage) {
    let laid = stage.relationship.app().database().transact_for(database::Scope::Peer, async |tx: Tx| {
        let run = async |sql: String| {
            tx.execute_unprepared(&sql).await.unwrap();
        };
        run("CREATE TABLE fuse (remaining INTEGER NOT NULL)".to_owned()).await;
        run("INSERT INTO fuse (remaining) VALUES (-1)".to_owned()).await;
        let sqlite = tx.get_database_backend() == DbBackend::Sqlite;
        if !sqlite {
            run("CREATE FUNCTION burn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                UPDATE fuse SET remaining = remaining - 1; \
                IF (SELECT remaining FROM fuse) = 0 THEN RAISE EXCEPTION 'burnt down'; END IF; \
                RETURN NULL; END $$"
                .to_owned())
            .await;
        }
        for table in tables(&tx).await {
            for event in ["INSERT", "UPDATE", "DELETE"] {
                let name = format!("burn_{table}_{event}");
                run(if sqlite {
                    format!(
                        "CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN UPDATE fuse SET remaining = remaining - 1; \
                        SELECT RAISE(ABORT, 'burnt down') WHERE (SELECT remaining FROM fuse) = 0; END"
                    )
                } else {
                    format!("CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION burn()")
                })
                .await;
            }
        }
        Ok::<_, Error>(Step::Commit(()))
    });
    laid.await.unwrap();
}

/// Lets so many more rows be written; 0 sets no end.
async fn set(stage: &Stage, rows: u32) {
    let set = stage.relationship.app().database().transact_for(database::Scope::Peer, async |tx: Tx| {
        let remaining = if rows == 0 { -1 } else { i64::from(rows) };
        tx.execute_unprepared(&format!("UPDATE fuse SET remaining = {remaining}")).await.unwrap();
        Ok::<_, Error>(Step::Commit(()))
    });
    set.await.unwrap();
}

/// Relationships, grants and messages of the customer, and where its invitation stands.
async fn found(stage: &Stage, invitation: &str) -> (usize, usize, usize, State) {
    let list = pb::ListResellerRelationshipsRequest { customer: organization(CUSTOMER).name(), ..Default::default() };
    let mut client = ResellerRelationshipServiceClient::new(stage.channel());
    let bonds = client.list_reseller_relationships(stage.by(CUSTOMER, list)).await.unwrap().into_inner();
    let list = pb::ListAdminGrantsRequest { grantor: organization(CUSTOMER).name(), ..Default::default() };
    let mut client = AdminGrantServiceClient::new(stage.channel());
    let grants = client.list_admin_grants(stage.by(CUSTOMER, list)).await.unwrap().into_inner();
    let get = pb::GetInvitationRequest { name: invitation.to_owned() };
    let invitation = stage.invitations().get_invitation(stage.by(RESELLER, get)).await.unwrap().into_inner();
    let told = stage.relationship.outbox_rows().await.unwrap().len();
    (bonds.reseller_relationships.len(), grants.admin_grants.len(), told, invitation.state())
}

#[tokio::test]
async fn r37_an_acceptance_interrupted_at_any_write_leaves_both_relationships_or_none() {
    on_every_database(async |database| {
        let stage = Stage::ready(database).await;
        let partnership = stage.partners().await.result_partnership;
        stage.register(CUSTOMER, "FI");
        let administration = pb::AdminRequest {
            grantee: organization(RESELLER).name(),
            directory_roles: vec!["directory-reader".to_owned()],
            duration_days: 90,
        };
        let asking = pb::Invitation { admin_requests: vec![administration], ..to_customer(&partnership) };
        let invited = stage.invite(RESELLER, asking).await.unwrap().name;
        let token = stage.token("customer-invitation").await;
        let request = whole(&stage.inspect(&token).await.unwrap(), &token);
        let before = found(&stage, &invited).await;
        assert_eq!((before.0, before.1, before.3), (0, 0, State::Pending));
        lay(&stage).await;
        let mut interrupted = 0;
        loop {
            assert!(interrupted < MOST, "it never comes through");
            set(&stage, interrupted + 1).await;
            let answer = stage
                .accept(CUSTOMER, pb::AcceptInvitationRequest { request_id: request_id(), ..request.clone() })
                .await;
            set(&stage, 0).await;
            let after = found(&stage, &invited).await;
            match answer {
                Err(refused) => {
                    assert_ne!(refused.code(), tonic::Code::FailedPrecondition, "{refused:?}");
                    assert_eq!(after, before, "interrupted at row {}", interrupted + 1);
                    interrupted += 1;
                }
                Ok(accepted) => {
                    assert_eq!(accepted.result_relationships.len(), 2);
                    assert_eq!((after.0, after.1, after.3), (2, 1, State::Accepted));
                    assert!(after.2 > before.2, "and everybody is told");
                    break;
                }
            }
        }
        // Two relationships, a grant, the agreement, four consents, and what is journalled and told of each.
        assert!(interrupted >= 20, "so few writes: {interrupted}");
    })
    .await;
}
