//! The deployment without a cluster: its scripts make secrets, roles and databases, and its files of configuration start the four services on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use linkage::{Client, ServiceName};
use serde_json::json;

use crate::program::{BINARY, LIMIT, Place, Process, SERVICES};

/// Between two looks.
const BREATH: Duration = Duration::from_millis(100);

struct Deployed {
    place: Place,
    secret: PathBuf,
    configuration: [PathBuf; 2],
}

impl Deployed {
    /// Secrets and configuration as pods have them, but for where keys are.
    fn new(database: &Path) -> Deployed {
        let mut place = Place::new();
        let secret = place.folder().join("secret");
        done(place.program(BINARY).arg("keys").arg(&secret).arg("--issuer"));
        let socket = format!("host={}", database.display());
        done(script("make-secrets").arg(&secret).args(["localhost", &socket]).env("LINKAGE", BINARY));
        let configuration = ["base/linkage.toml", "overlays/local/site.toml"].map(|file| {
            let text = fs::read_to_string(root().join("deploy/kubernetes").join(file)).expect(file);
            let keys = secret.join("enrollment").display().to_string();
            let here = place.folder().join(file.rsplit('/').next().expect("its name"));
            fs::write(&here, text.replace("/var/lib/linkage/keys", &keys)).expect("a copy");
            here
        });
        let addresses: Vec<_> = SERVICES.into_iter().zip(place.addresses.clone()).collect();
        for (service, address) in addresses {
            place.set(&format!("LINKAGE_{}__ADDRESS", service.to_uppercase()), format!("http://{address}"));
            fs::create_dir(place.folder().join(service)).expect("a volume");
            std::os::unix::fs::symlink(secret.join(service), place.folder().join(service).join("keys"))
                .expect("its keys");
        }
        Deployed { place, secret, configuration }
    }

    /// A command in a pod of this service, with a database's address as this folder of secrets has it.
    fn command(&self, service: &str, database: &str, arguments: &[&str]) -> Command {
        let mut command = self.place.program(BINARY);
        command.args(arguments).arg("--data").arg(self.place.folder().join(service));
        let database = self.secret.join("database").join(database).join("database.toml");
        for file in self.configuration.iter().chain([&database]) {
            command.arg("--config").arg(file);
        }
        command
    }

    /// The database asks for the password, and its roles have no other.
    fn is_refused_with_another_password(&self) {
        let databases = self.secret.join("database");
        let address = databases.join("enrollment/database.toml");
        let right = fs::read_to_string(&address).expect("its address");
        let password = fs::read_to_string(databases.join("enrollment/password")).expect("its password");
        fs::write(&address, right.replace(&password, "another")).expect("a wrong password");
        let mut wrong = self.command("enrollment", "enrollment", &["doctor", "enrollment"]);
        let told = String::from_utf8(wrong.output().expect("it starts").stdout).expect("text");
        assert!(told.contains("password authentication failed"), "{told}");
        fs::write(&address, right).expect("the right one");
    }

    fn token(&self) -> String {
        let mut token = self.place.program(BINARY);
        token.args(["token", "--email", "ada@fjord-cloud.example", "--data"]).arg(self.secret.join("people"));
        done(&mut token).trim().to_owned()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn script(name: &str) -> Command {
    Command::new(root().join("deploy").join(name))
}

/// What it said; it must succeed.
fn done(command: &mut Command) -> String {
    let ended = command.output().expect("it starts");
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("text")
}

#[test]
fn r65_the_deployments_scripts_and_files_bring_up_four_services() {
    let Some(cluster) = testkit::durable() else { return };
    let deployed = Deployed::new(cluster.socket());
    let databases = deployed.secret.join("database");
    let mut make = Command::new("sh");
    make.arg(root().join("deploy/databases.sh")).env("PGHOST", cluster.socket()).env("PASSWORDS", &databases);
    done(make.env("PATH", cluster.programs()));

    cluster.ask_for_passwords();
    deployed.is_refused_with_another_password();

    for service in SERVICES {
        done(&mut deployed.command(service, &format!("{service}-owner"), &["migrate", service]));
    }
    for _ in 0..2 {
        done(&mut deployed.command("enrollment", "enrollment", &["bootstrap", "--if-absent"]));
    }
    let mut serving = SERVICES.map(|service| Process::serving(deployed.command(service, service, &["serve", service])));
    for service in SERVICES {
        let told = done(&mut deployed.command(service, service, &["doctor", service, "--format", "json"]));
        assert!(told.contains("it owns no table") && !told.contains("\"wrong\""), "{told}");
    }

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let addresses: BTreeMap<_, _> = ServiceName::ALL
        .into_iter()
        .zip(&deployed.place.addresses)
        .map(|(service, address)| (service, address.parse().expect("an address")))
        .collect();
    let call = |rpc: &str, request: serde_json::Value| {
        let token = deployed.token();
        runtime.block_on(async {
            let client = Client::new(&addresses).expect("a client");
            let method = client.method(rpc).expect(rpc);
            let answer = client.call(ServiceName::Enrollment, &method, &request, Some(&token)).await.expect(rpc);
            assert_eq!(answer.code, tonic::Code::Ok, "{rpc}: {}", answer.message);
            answer.body
        })
    };
    let organization = json!({ "display_name": "Fjord Cloud AB", "region_code": "SE", "language_code": "sv" });
    call("enrollment.OrganizationService/CreateOrganization", json!({ "organization": organization }));
    let name = call("enrollment.UserService/GetSelf", json!({}))["name"].as_str().expect("a name").to_owned();
    let parent = name.split("/users/").next().expect("its organization");
    let enrollment = json!({ "type": "ENROLLMENT_TYPE_INDIRECT_RESELLER" });
    call("enrollment.EnrollmentService/CreateEnrollment", json!({ "parent": parent, "enrollment": enrollment }));

    // Siblings are reached, and believe by whose key they are told.
    let began = Instant::now();
    let told = |service: &str| testkit::ask(&cluster.url("postgres", service), "SELECT count(*)::text FROM inbox");
    while SERVICES[1..].iter().any(|service| told(service) == ["0"]) {
        assert!(began.elapsed() < LIMIT, "siblings are told nothing");
        serving[0].line(BREATH);
    }
    for process in &mut serving {
        let ended = process.stop();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
}
