//! Is it true? E-mail verifications, vetting cases and the reviewers' queue.

mod domain;
