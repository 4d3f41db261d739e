//! PublishAgreementTemplate: one language of one version, for ever.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use markets::RegionCode;
use ring::digest::{SHA256, digest};
use runtime::unseen::has_unseen;
use runtime::{Caller, Fault, Outcome, Violations};
use wire::enrollment as pb;

use crate::domain::Event;
use crate::domain::agreement::Template;
use crate::domain::enrollment::EnrollmentType;
use crate::{App, Change, convert, store};

/// A template to be.
struct Asked<'a> {
    kind: EnrollmentType,
    region: RegionCode,
    version: i32,
    language: String,
    text: &'a str,
    effective: DateTime<Utc>,
    sign_by: Option<DateTime<Utc>>,
}

pub(crate) async fn publish(
    app: &App,
    caller: &Caller,
    request: pb::PublishAgreementTemplateRequest,
) -> Result<pb::AgreementTemplate, Fault> {
    let mut v = Violations::of(&request);
    let given = request.agreement_template.clone().unwrap_or_default();
    let kind = v.choice::<pb::EnrollmentType>("agreement_template.type", given.r#type).and_then(convert::type_of);
    let region = v.text("agreement_template.region", &given.region, 1..=40);
    let region = region.and_then(|region| v.check("agreement_template.region", region.parse::<RegionCode>()));
    if given.version < 1 {
        v.add("agreement_template.version", "must be at least 1");
    }
    let language = v.language("agreement_template.language_code", &given.language_code);
    text(&mut v, &given.text);
    let effective = v.time("agreement_template.effective_time", given.effective_time.as_ref());
    let sign_by = v.optional_time("agreement_template.sign_by_time", given.sign_by_time.as_ref());
    if let (Some(effective), Some(Some(sign_by))) = (effective, sign_by)
        && sign_by < effective
    {
        v.add("agreement_template.sign_by_time", "must not be before effective_time");
    }
    let (kind, region, language, effective, sign_by) = v.all((kind, region, language, effective, sign_by))?;
    let asked = &Asked {
        kind,
        region,
        version: given.version,
        language: language.to_string(),
        text: &given.text,
        effective,
        sign_by,
    };
    app.change(caller, &request, |change| publish_in(change, asked)).await
}

async fn publish_in(change: Change, asked: &Asked<'_>) -> Result<Outcome<pb::AgreementTemplate, Event>, Fault> {
    let tx = &change.tx;
    let published = store::agreement::of_region(tx, asked.region.as_str()).await?;
    let same = published.iter().find(|other| other.kind == asked.kind && other.version == asked.version);
    if let Some(other) = same.filter(|other| other.language != asked.language) {
        let mut v = Violations::default();
        if other.effective != asked.effective {
            v.add("agreement_template.effective_time", "must be that of the version's other languages");
        }
        if other.sign_by != asked.sign_by {
            v.add("agreement_template.sign_by_time", "must be that of the version's other languages");
        }
        v.done()?;
    }
    let template = Template {
        id: change.id(),
        kind: asked.kind,
        region: asked.region.to_string(),
        version: asked.version,
        language: asked.language.clone(),
        sha256: HEXLOWER.encode(digest(&SHA256, asked.text.as_bytes()).as_ref()),
        effective: asked.effective,
        sign_by: asked.sign_by,
        created: change.now(),
    };
    store::agreement::insert(tx, &template, asked.text).await??;
    let answer = convert::template(&template, asked.text);
    Ok(Outcome::Done(answer, vec![Event::AgreementPublished(Box::new(template))]))
}

/// The text as it is: nothing is trimmed of what is signed by its hash.
fn text(v: &mut Violations, text: &str) {
    let field = "agreement_template.text";
    if !(1..=100_000).contains(&text.chars().count()) {
        v.add(field, "must have 1 to 100000 characters");
    } else if text.split(['\n', '\r', '\t']).any(has_unseen) {
        v.add(field, "must not contain control or invisible characters other than line breaks and tabs");
    }
}
