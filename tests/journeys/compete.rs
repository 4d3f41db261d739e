//! The contests in their short form.

use crate::contests;

const ROUNDS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn v03_an_invitation_that_is_accepted_and_taken_back_at_once_is_one_of_both() {
    contests::accept_with_revoke(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r37_of_two_acceptances_at_two_replicas_one_counts() {
    contests::accept_with_accept(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v05_an_invitation_through_a_partnership_that_ends_at_once_binds_nobody() {
    contests::end_with_invite(ROUNDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_no_check_that_starts_after_a_revocation_says_yes() {
    contests::revoke_with_check(ROUNDS).await;
}
