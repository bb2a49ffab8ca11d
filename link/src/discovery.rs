//! Neighbours find each other by multicast DNS. What is said there is a hint and no more: who answers
//! has to show its certificate.

use comptoir_sync::replication::vector::Node;
use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};

const SERVICE: &str = "_comptoir._tcp.local.";

/// Says where a till is, and listens to the others, until it is dropped.
pub struct Beacon {
    daemon: Option<ServiceDaemon>,
}

impl Beacon {
    /// Says that `node` listens on `port`, and tells `found` the addresses of its store's other tills.
    /// Where there is no network, nobody is found.
    pub fn light(node: &Node, port: u16, found: impl Fn(String) + Send + 'static) -> Beacon {
        let daemon = Self::announce(node, port, found)
            .inspect_err(|error| tracing::warn!(%error, "neighbours are not found by themselves"));
        Beacon { daemon: daemon.ok() }
    }

    fn announce(
        node: &Node,
        port: u16,
        found: impl Fn(String) + Send + 'static,
    ) -> Result<ServiceDaemon, mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        let (tenant, store) =
            (node.tenant.clone(), node.site.store().unwrap_or_default().to_owned());
        let me = node.device.to_string();
        let properties = [("tenant", tenant.as_str()), ("store", store.as_str()), ("device", &me)];
        let host = format!("{me}.local.");
        let info = ServiceInfo::new(SERVICE, &me, &host, "", port, &properties[..])?;
        daemon.register(info.enable_addr_auto())?;
        let events = daemon.browse(SERVICE)?;
        let listen = move || {
            for event in events {
                let ServiceEvent::ServiceResolved(service) = event else { continue };
                let says = |name: &str| service.get_property_val_str(name).unwrap_or_default();
                if says("tenant") != tenant || says("store") != store || says("device") == me {
                    continue;
                }
                let address = service.get_addresses_v4().into_iter().min();
                if let Some(address) = address {
                    found(format!("{address}:{}", service.get_port()));
                }
            }
        };
        std::thread::Builder::new()
            .name("neighbours".into())
            .spawn(listen)
            .map_err(|error| mdns_sd::Error::Msg(error.to_string()))?;
        Ok(daemon)
    }
}

impl Drop for Beacon {
    fn drop(&mut self) {
        if let Some(daemon) = &self.daemon {
            let _ = daemon.shutdown();
        }
    }
}
