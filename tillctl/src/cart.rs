//! The cart in hand, and those that wait.

use comptoir_domain::cart::Refusal;
use comptoir_till::cart;
use comptoir_till::cart::park::{self, ParkedCart};
use comptoir_till::error::Error;
use comptoir_till::operators;
use comptoir_till::till::Till;

use crate::{Data, Done, Outcome, print};

pub(crate) fn scan(store: &Data, code: &str) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let console = operators::console(till.db())?;
    print(&cart::scan(&mut till, console, code)?)?;
    Ok(Done::Wholly)
}

pub(crate) fn park(store: &Data, name: &str) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let console = operators::console(till.db())?;
    park::park(&mut till, console, name)?;
    list(&park::parked(&mut till)?)
}

pub(crate) fn parked(store: &Data) -> Outcome {
    list(&park::parked(&mut Till::open(&store.data)?)?)
}

pub(crate) fn resume(store: &Data, cart: &str) -> Outcome {
    let mut till = Till::open(&store.data)?;
    let console = operators::console(till.db())?;
    let is_it = |parked: &&ParkedCart| parked.name == cart || parked.id.to_string() == cart;
    let parked = park::parked(&mut till)?;
    let wanted = parked.iter().find(is_it).ok_or(Error::from(Refusal::UnknownCart))?;
    print(&park::resume(&mut till, console, wanted.id)?)?;
    Ok(Done::Wholly)
}

fn list(parked: &[ParkedCart]) -> Outcome {
    for cart in parked {
        print(cart)?;
    }
    Ok(Done::Wholly)
}
