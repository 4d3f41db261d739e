//! Names of services that stand for the replicas that serve, for the processes of a test alone: a file of hosts that only they see.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use linkage::ServiceName;
use tempfile::NamedTempFile;

use crate::signals::{Serving, with_own_mounts};

/// Mounts the file of hosts, tells the process id, and goes on as the command.
const WITH_OWN_HOSTS: &str = r#"mount --bind "$HOSTS" /etc/hosts && echo $$ && exec "$0" "$@""#;

/// Which replicas each name stands for.
pub(super) struct Names {
    ports: BTreeMap<ServiceName, u16>,
    listed: Mutex<BTreeMap<(ServiceName, usize), bool>>,
    hosts: NamedTempFile,
}

impl Names {
    /// Names that stand for the first replica each; none where the system forbids names of one's own.
    pub(super) fn new(addresses: &BTreeMap<ServiceName, SocketAddr>) -> Option<Names> {
        with_own_mounts()?;
        let ports = addresses.iter().map(|(service, address)| (*service, address.port())).collect();
        let all =
            ServiceName::ALL.into_iter().flat_map(|service| [0, 1].map(|replica| ((service, replica), replica == 0)));
        let hosts = NamedTempFile::new().expect("a file");
        let names = Names { ports, listed: Mutex::new(all.collect()), hosts };
        names.write(names.hosts.as_file());
        Some(names)
    }

    /// Where a replica listens: the same port everywhere, as in a cluster.
    pub(super) fn address(&self, service: ServiceName, replica: usize) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, [2, 3][replica]], self.ports[&service]))
    }

    /// Where siblings find a service.
    pub(super) fn of(&self, service: ServiceName) -> String {
        format!("http://{service}.linkage.test:{}", self.ports[&service])
    }

    /// Puts a replica on the list or takes it from there.
    pub(super) fn set(&self, service: ServiceName, replica: usize, listed: bool) {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).insert((service, replica), listed);
        self.write(self.hosts.as_file());
    }

    /// Starts what looks names up here.
    pub(super) fn start(&self, command: &Command) -> Serving {
        let mut shell = with_own_mounts().expect("it had them before");
        shell.env("HOSTS", self.hosts.path());
        Serving::start_in(shell, WITH_OWN_HOSTS, command)
    }

    /// In one write of always the same length, so that who reads meanwhile reads the former list or the new one.
    fn write(&self, file: &File) {
        let mut text = "127.0.0.1 localhost\n".to_owned();
        for ((service, replica), listed) in &*self.listed.lock().unwrap_or_else(PoisonError::into_inner) {
            let (mark, address) = (if *listed { ' ' } else { '#' }, self.address(*service, *replica).ip());
            text.push_str(&format!("{mark}{address} {service}.linkage.test\n"));
        }
        file.write_all_at(text.as_bytes(), 0).expect("the hosts");
    }
}

#[test]
fn names_stand_for_who_is_listed() {
    let addresses = ServiceName::ALL.map(|service| (service, SocketAddr::from(([127, 0, 0, 1], 7))));
    let Some(names) = Names::new(&addresses.into_iter().collect()) else { return };
    names.set(ServiceName::Enrollment, 1, true);
    names.set(ServiceName::Enrollment, 0, false);
    let text = fs::read_to_string(names.hosts.path()).expect("the hosts");
    let listed: Vec<_> = text.lines().filter(|line| line.ends_with(" enrollment.linkage.test")).collect();
    assert_eq!(listed, ["#127.0.0.2 enrollment.linkage.test", " 127.0.0.3 enrollment.linkage.test"]);
}
