//! What the simulated mailboxes caught.

use serde_json::{Value, json};

use super::Stage;
use super::call::{list, text};

impl Stage {
    /// All mails of a kind to an address, the oldest first.
    pub(crate) async fn mails(&mut self, to: &str, kind: &str) -> Vec<Value> {
        self.settle().await;
        let (operator, mut mails, mut page) = (self.operator(), Vec::new(), String::new());
        loop {
            let parent = format!("mailboxes/{to}");
            let request = json!({ "parent": parent, "kind": kind, "page_size": 200, "page_token": page });
            let answer = self.ok(&operator, "notification.MailboxService/ListMailboxMessages", request).await;
            mails.extend(list(&answer, "mailbox_messages"));
            page = text(&answer, "next_page_token");
            if page.is_empty() {
                return mails;
            }
        }
    }

    /// The newest mail of a kind to an address, in full.
    pub(crate) async fn mail(&mut self, to: &str, kind: &str) -> Value {
        let mails = self.mails(to, kind).await;
        let newest = mails.last().unwrap_or_else(|| panic!("no mail of kind {kind} to {to}"));
        let request = json!({ "name": text(newest, "name") });
        let operator = self.operator();
        self.ok(&operator, "notification.MailboxService/GetMailboxMessage", request).await
    }

    /// The token of the link in the newest mail of a kind, as a browser would hand it over.
    pub(crate) async fn token(&mut self, to: &str, kind: &str) -> String {
        token_in(&self.mail(to, kind).await)
    }

    /// The tokens of all mails of a kind. Mails that leave at once arrive in no order, so the last of them need not be the newest.
    pub(crate) async fn tokens(&mut self, to: &str, kind: &str) -> Vec<String> {
        let operator = self.operator();
        let mut tokens = Vec::new();
        for mail in self.mails(to, kind).await {
            let request = json!({ "name": text(&mail, "name") });
            tokens.push(token_in(&self.ok(&operator, "notification.MailboxService/GetMailboxMessage", request).await));
        }
        tokens
    }
}

fn token_in(mail: &Value) -> String {
    let links = mail["links"].as_object().expect("links");
    let link = links.iter().find(|(name, _)| name.ends_with("_link"));
    let (_, link) = link.unwrap_or_else(|| panic!("no link in {mail:#}"));
    link.as_str().and_then(|link| link.split_once('#')).expect("a token in the fragment").1.to_owned()
}
