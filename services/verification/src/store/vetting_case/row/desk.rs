//! Questions, answers and the appeal, as the columns that keep them.

use chrono::{DateTime, Utc};
use database::Error;
use ids::{OrganizationId, UserId};
use sea_orm::JsonValue as Json;
use sea_orm::prelude::Uuid;
use serde::Deserialize;
use serde_json::json;

use super::{model::Model, read};
use crate::domain::{Answered, Appeal, Question, Reviewer};

/// An element of the column `questions`.
#[derive(Deserialize)]
struct StoredQuestion {
    path: String,
    text: String,
    asked: DateTime<Utc>,
    answer: Option<StoredAnswer>,
}

#[derive(Deserialize)]
struct StoredAnswer {
    text: String,
    at: DateTime<Utc>,
}

/// The column `appeal`.
#[derive(Deserialize)]
struct StoredAppeal {
    organization: Uuid,
    user: Uuid,
    text: String,
    at: DateTime<Utc>,
}

pub(super) fn stored_questions(questions: &[Question]) -> Json {
    let answer = |answer: &Answered| json!({ "text": answer.text, "at": answer.at });
    let question = |question: &Question| {
        json!({
            "path": question.path,
            "text": question.text,
            "asked": question.asked,
            "answer": question.answer.as_ref().map(answer),
        })
    };
    questions.iter().map(question).collect()
}

pub(super) fn stored_appeal(appeal: &Appeal) -> Json {
    json!({
        "organization": appeal.against.organization.uuid(),
        "user": appeal.against.user.uuid(),
        "text": appeal.text,
        "at": appeal.at,
    })
}

pub(super) fn questions(row: &Model) -> Result<Vec<Question>, Error> {
    let stored: Vec<StoredQuestion> = read("questions", row, &row.questions)?;
    let question = |stored: StoredQuestion| Question {
        path: stored.path,
        text: stored.text,
        asked: stored.asked,
        answer: stored.answer.map(|answer| Answered { text: answer.text, at: answer.at }),
    };
    Ok(stored.into_iter().map(question).collect())
}

pub(super) fn appeal(row: &Model) -> Result<Option<Appeal>, Error> {
    let Some(column) = &row.appeal else { return Ok(None) };
    let stored: StoredAppeal = read("appeal", row, column)?;
    let against =
        Reviewer { organization: OrganizationId::from_uuid(stored.organization), user: UserId::from_uuid(stored.user) };
    Ok(Some(Appeal { against, text: stored.text, at: stored.at }))
}
