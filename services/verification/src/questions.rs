//! What a link asks, in the recipient's language.

use std::io;
use std::sync::LazyLock;

use addresses::Language;
use serde::Deserialize;

use crate::domain::Purpose;
use crate::error::DataError;

const FALLBACK: &str = "en";

static BUILTIN: LazyLock<Result<Table, DataError>> =
    LazyLock::new(|| Table::from_csv(include_bytes!("../data/questions.csv").as_slice()));

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    language: String,
    purpose: String,
    position: u8,
    text: String,
}

struct Table(Vec<Row>);

/// The claim's question and the address's, in this language or in English.
pub(crate) fn ask(
    purpose: Purpose,
    language: &Language,
    company: &str,
    applicant: &str,
) -> Result<[String; 2], DataError> {
    let table = BUILTIN.as_ref().map_err(Clone::clone)?;
    let language = language.among(table.0.iter().map(|row| row.language.as_str())).unwrap_or(FALLBACK);
    let question = |position| table.find(purpose, language, position).map(|text| fill(text, company, applicant));
    Ok([question(1)?, question(2)?])
}

impl Table {
    fn from_csv(table: impl io::Read) -> Result<Table, DataError> {
        let rows: Result<Vec<Row>, _> = csv::Reader::from_reader(table).deserialize().collect();
        rows.map(Table).map_err(|error| DataError(format!("questions: {error}")))
    }

    fn find(&self, purpose: Purpose, language: &str, position: u8) -> Result<&str, DataError> {
        let asks = |row: &&Row| row.language == language && row.purpose == purpose.as_str() && row.position == position;
        let row = self.0.iter().find(asks).map(|row| row.text.as_str());
        row.ok_or_else(|| DataError(format!("questions: no question {position} for {}", purpose.as_str())))
    }
}

/// One pass, so that a company's name that looks like a place to fill stays a name.
fn fill(text: &str, company: &str, applicant: &str) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some(("company", rest)) => filled.extend([company, rest]),
            Some(("applicant", rest)) => filled.extend([applicant, rest]),
            _ => filled.extend(["{", part]),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r20_questions_are_asked_in_the_recipients_language() {
        let ask =
            |language: &str| ask(Purpose::Approver, &language.parse().unwrap(), "{applicant} AB", "Åsa Ek").unwrap();
        assert_eq!(ask("sv-SE")[0], "Får Åsa Ek ingå avtal för {applicant} AB?");
        assert_eq!(ask("sv")[1], "Är detta din e-postadress hos {applicant} AB?");
        assert_eq!(ask("en-GB")[0], "May Åsa Ek enter into agreements on behalf of {applicant} AB?");
        assert_eq!(ask("fi"), ask("en"));
    }

    #[test]
    fn every_language_asks_both_questions_of_both_purposes() {
        let table = BUILTIN.as_ref().unwrap();
        for language in table.0.iter().map(|row| &row.language) {
            for (purpose, position) in
                [(Purpose::Contact, 1), (Purpose::Contact, 2), (Purpose::Approver, 1), (Purpose::Approver, 2)]
            {
                let own = table.0.iter().filter(|row| {
                    row.language == *language && row.purpose == purpose.as_str() && row.position == position
                });
                assert_eq!(own.count(), 1, "{language} {purpose:?} {position}");
            }
        }
    }
}
