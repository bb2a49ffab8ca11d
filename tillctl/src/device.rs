//! Where this till's devices are.

use clap::{Args, ValueEnum};
use comptoir_hardware::transport::Address;
use comptoir_till::devices::{self, Class};
use comptoir_till::operators;
use comptoir_till::till::Till;
use serde_json::json;

use crate::store::read_pin;
use crate::{Data, Done, Outcome, print};

#[derive(Args)]
pub(crate) struct Set {
    /// Which.
    device: Device,
    /// Where it is; none takes the device away.
    address: Option<Address>,
    #[command(flatten)]
    store: Data,
}

#[derive(Clone, Copy, ValueEnum)]
enum Device {
    Printer,
    Scanner,
    Terminal,
}

impl Device {
    const fn class(self) -> Class {
        match self {
            Device::Printer => Class::Printer,
            Device::Scanner => Class::Scanner,
            Device::Terminal => Class::Terminal,
        }
    }
}

impl Set {
    pub(crate) fn run(self) -> Outcome {
        let till = Till::open(&self.store.data)?;
        let by = operators::console(till.db())?;
        devices::set_address(&till, by, self.device.class(), self.address.as_ref())?;
        show(&till, self.device)
    }
}

/// `tillctl device password`.
pub(crate) fn set_password(store: &Data) -> Outcome {
    let password = read_pin()?;
    let till = Till::open(&store.data)?;
    let by = operators::console(till.db())?;
    devices::set_password(&till, by, &password)?;
    show(&till, Device::Terminal)
}

pub(crate) fn list(store: &Data) -> Outcome {
    let till = Till::open(&store.data)?;
    show(&till, Device::Printer)?;
    show(&till, Device::Scanner)?;
    show(&till, Device::Terminal)
}

fn show(till: &Till, device: Device) -> Outcome {
    let class = device.class();
    let address = devices::address(till, class)?.map(|address| address.to_string());
    let mut said = json!({ "device": class.as_str(), "address": address });
    if matches!(device, Device::Terminal) {
        said["password"] = devices::has_password(till)?.into();
    }
    print(&said)?;
    Ok(Done::Wholly)
}
