//! The trail as it grows, and whether it is what was written.

use std::time::{Duration, Instant};

use linkage::people::People;
use linkage::{Client, ServiceName, SigningKey};
use serde_json::{Value, json};

use crate::program::{LIMIT, Place, Process, SERVICES};

/// Between two looks.
const BREATH: Duration = Duration::from_millis(50);
const NAMELESS: &str = "ada@fjord-cloud.example";

/// Creates organizations until there is something to see.
fn create(place: &Place, mut until: impl FnMut() -> bool) {
    let addresses = place.addresses.iter().map(|address| address.parse().expect("an address"));
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _entered = tokio.enter();
    let client = Client::new(&ServiceName::ALL.into_iter().zip(addresses).collect()).expect("a client");
    let key = place.folder().join("data/keys").join(runtime::keys::ISSUER_FILE);
    let mut people = People::new(SigningKey::load_or_create(&key).expect("the issuer's key"));
    let method = client.method("enrollment.OrganizationService/CreateOrganization").expect("the RPC");
    let began = Instant::now();
    for number in 0.. {
        let organization =
            json!({ "display_name": format!("Fjord {number}"), "region_code": "SE", "language_code": "sv" });
        let request = json!({ "organization": organization });
        let answer = tokio.block_on(async {
            let token = people
                .token(&client, &format!("{number}.{NAMELESS}"), None)
                .await
                .expect("a token")
                .expect("signed in");
            client.call(ServiceName::Enrollment, &method, &request, Some(&token)).await.expect("a request")
        });
        assert_eq!(answer.code, tonic::Code::Ok, "{}", answer.message);
        if until() {
            return;
        }
        assert!(began.elapsed() < LIMIT, "nothing is seen");
    }
}

/// Changes a database whose service is stopped.
fn change(place: &Place, service: &str, statement: &str) {
    let file = place.folder().join("data").join(format!("{service}.db"));
    testkit::ask(&format!("sqlite://{}", file.display()), statement);
}

fn verdicts(place: &Place) -> (Option<i32>, Vec<Value>) {
    verdicts_with(place, &[])
}

fn verdicts_with(place: &Place, more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let ended = place.run(&[&["audit", "verify", "--format", "json"], more].concat());
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line} {}", ended.err));
    (ended.code, ended.out.lines().map(read).collect())
}

/// Verifies while a service's key is replaced, by the steps that are written for it, and after.
fn replace_key(place: &Place) {
    let keys = place.folder().join("data/keys");
    let (own, aside) = (keys.join("enrollment.pem"), place.folder().join("new.pem"));
    SigningKey::load_or_create(&aside).expect("a new key");
    let read = |path| std::fs::read_to_string(path).expect("a key");
    let (old, new) = (read(&own), read(&aside));
    let former = keys.join("former.pub.pem");
    let public = |pem: &str| SigningKey::from_pem("a key", pem).and_then(|key| key.public().to_pem()).expect("public");
    std::fs::write(&former, format!("{}{}", public(&new), public(&old))).expect("the former public keys");
    for step in [format!("{old}{new}"), format!("{new}{old}")] {
        std::fs::write(&own, step).expect("the keys");
        assert_eq!(verdicts(place).0, Some(0), "each key of the file counts");
    }
    std::fs::write(&own, &new).expect("the new key");
    let (code, told) = verdicts(place);
    assert!(code == Some(1) && told[0]["void_checkpoints"][0]["line"].is_number(), "{told:?}");
    let former = former.display().to_string();
    assert_eq!(verdicts_with(place, &["--key", &former]).0, Some(0), "and each of a file that is named");
    std::fs::write(&own, old).expect("the old key");
}

/// Verifies without the file of checkpoints, and with one of whose lines a power failure has left half.
fn lose_checkpoints(place: &Place) {
    let file = place.folder().join("data/checkpoints/enrollment.checkpoints");
    let text = std::fs::read_to_string(&file).expect("checkpoints");
    std::fs::remove_file(&file).expect("it is gone");
    let (code, told) = verdicts(place);
    let verdict = ["whole", "checkpoints_missing"].map(|name| told[0][name].as_bool());
    assert_eq!((code, verdict), (Some(1), [Some(false), Some(true)]), "{}", told[0]);
    assert_eq!(verdicts_with(place, &["--without-checkpoints"]).0, Some(0), "who says so does without");
    let half = text.trim_start().get(..100).expect("a line");
    std::fs::write(&file, format!("{half}\n{text}")).expect("a line that breaks off");
    let (code, told) = verdicts(place);
    assert_eq!((code, &told[0]["cut_checkpoints"]), (Some(0), &json!([1])), "a later one covers it");
    std::fs::write(&file, text).expect("as it was");
}

#[test]
fn r66_the_trail_is_followed_and_what_is_done_to_it_afterwards_is_told() {
    let place = Place::new();
    let mut serving = place.serve(&[]);
    let mut follower = Process::start(place.command(&["audit", "--follow", "--format", "json"]));
    let mut seen = None;
    create(&place, || {
        seen = follower.line(BREATH);
        seen.is_some()
    });
    let entry: Value = serde_json::from_str(&seen.expect("an entry")).expect("an object");
    assert_eq!((&entry["service"], entry["sequence"].is_string()), (&json!("enrollment"), true), "{entry}");
    follower.kill();
    let busy = place.run(&["audit", "verify"]);
    assert!(busy.code == Some(1) && busy.err.contains("another process"), "{}", busy.err);
    assert_eq!(serving.stop().code, Some(0));

    let (code, whole) = verdicts(&place);
    assert_eq!((code, whole.len()), (Some(0), SERVICES.len()), "{whole:?}");
    assert!(whole.iter().all(|verdict| verdict["whole"] == true), "{whole:?}");
    assert!(whole[0]["entries"].as_i64() > Some(0) && whole[0]["checkpoints"].as_i64() > Some(0), "{}", whole[0]);
    let plain = place.run(&["audit", "verify"]);
    assert!(plain.code == Some(0) && plain.out.matches("whole").count() == 4, "{}", plain.out);

    replace_key(&place);
    lose_checkpoints(&place);

    change(&place, "enrollment", "UPDATE journal SET actor = 'persons/0' WHERE sequence = 1 RETURNING kind");
    let (code, edited) = verdicts(&place);
    assert_eq!((code, &edited[0]["findings"]), (Some(1), &json!([{ "kind": "edited", "sequence": 1 }])));
    let plain = place.run(&["audit", "verify", "enrollment"]);
    assert!(plain.code == Some(1) && plain.out.contains("entry 1 was edited"), "{}", plain.out);

    // Cut off so that the database tells nothing of it.
    change(&place, "enrollment", "DELETE FROM journal RETURNING kind");
    change(&place, "enrollment", "DELETE FROM setting WHERE name = 'journal_end' RETURNING name");
    let (code, cut) = verdicts(&place);
    let expected = json!([{ "kind": "cut", "after": 0, "end": whole[0]["covered"] }]);
    assert_eq!((code, &cut[0]["findings"]), (Some(1), &expected));

    let file = place.folder().join("data/checkpoints/notification.checkpoints");
    std::fs::write(&file, "nonsense\n").expect("a line that is none");
    let (_, forged) = verdicts(&place);
    let notification = forged.iter().find(|verdict| verdict["service"] == "notification").expect("its verdict");
    assert_eq!((&notification["whole"], &notification["void_checkpoints"][0]["line"]), (&json!(false), &json!(1)));
}
