//! GetEnrollmentGuide: what will be asked, told before anybody signs in.

use addresses::Language;
use markets::{CountryCode, RegionCode};
use runtime::{Caller, Fault, Violations};
use wire::enrollment as pb;

use crate::convert::guide as wire_guide;
use crate::domain::organization::region;
use crate::domain::{guide, rules};
use crate::{App, convert};

pub(crate) async fn get(
    app: &App,
    _caller: &Caller,
    request: pb::GetEnrollmentGuideRequest,
) -> Result<pb::EnrollmentGuide, Fault> {
    let mut v = Violations::of(&request);
    let country = match request.region_code.as_str() {
        "" => {
            v.add("region_code", "is required");
            None
        }
        code => v.check("region_code", code.parse::<CountryCode>()),
    };
    let kind = v.choice::<pb::EnrollmentType>("type", request.r#type).and_then(convert::type_of);
    let language = match request.language_code.as_str() {
        "" => Some(None),
        code => v.language("language_code", code).map(Some),
    };
    let (country, kind, language) = v.all((country, kind, language))?;
    let now = app.now();
    let Some(programme_region) = region(country, now).map(RegionCode::as_str) else {
        let mut v = Violations::default();
        v.add_for(pb::Reason::CountryUnsupported, "region_code", "the programme has no market there");
        return v.done().map(|()| pb::EnrollmentGuide::default());
    };
    let words = &rules::guide::LANGUAGES;
    let language =
        language.as_ref().and_then(|language: &Language| language.among(words.iter().copied())).unwrap_or(words[0]);
    Ok(pb::EnrollmentGuide {
        region_code: country.to_string(),
        r#type: request.r#type,
        language_code: language.to_owned(),
        programme_region: programme_region.to_owned(),
        fields: guide::fields(country.as_str(), language, now).into_iter().map(wire_guide::asked).collect(),
        evidence: rules::guide::evidence(language, now).map(wire_guide::evidence).collect(),
        steps: guide::steps(kind, language, now).into_iter().map(wire_guide::step).collect(),
    })
}
