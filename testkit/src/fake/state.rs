//! How a fake answers a call: with a fault, a script, an answer set by the test, or from its data.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::canned::Canned;
use super::fault::{Effect, Planned};
use super::store::{DEFAULT_DATABASE, Store};
use super::{Received, Reply, rpcs};

/// A fake's settings, its data, and the calls it received.
#[derive(Default)]
pub(super) struct State {
    /// By RPC name. The last reply of a script stays.
    pub(super) scripts: HashMap<String, VecDeque<Reply>>,
    pub(super) calls: Vec<Received>,
    pub(super) faults: Vec<Planned>,
    pub(super) canned: Canned,
    /// Without it, whatever is not scripted gets an empty message.
    pub(super) store: Option<Store>,
}

impl State {
    /// Records a call, and decides how it is answered.
    pub(super) fn receive(&mut self, call: Received) -> Reply {
        self.calls.push(call.clone());
        let mut delay = Duration::ZERO;
        let mut lost = None;
        for planned in &mut self.faults {
            match planned.strike(&call.rpc, call.collection.as_deref()) {
                Some(Effect::Fails(reply)) => return late(delay, reply),
                Some(Effect::IsDelayed(by)) => delay += by,
                Some(Effect::LosesAnswer(reply)) => {
                    lost = Some(reply);
                    break;
                }
                None => {}
            }
        }
        let reply = self.scripted(&call).unwrap_or_else(|| self.own(&call));
        late(delay, lost.unwrap_or(reply))
    }

    /// The reply of a script.
    fn scripted(&mut self, call: &Received) -> Option<Reply> {
        let script = self.scripts.get_mut(&call.rpc)?;
        let reply = if script.len() > 1 {
            script.pop_front()
        } else {
            script.front().cloned()
        };
        Some(reply.unwrap_or(Reply::Message(Vec::new())))
    }

    /// The reply from the answers that were set, or from the fake's data.
    fn own(&mut self, call: &Received) -> Reply {
        let database = call.database.as_deref().unwrap_or(DEFAULT_DATABASE);
        let name = call.collection.as_deref();
        let known = self.store.as_mut().zip(name);
        let known = known.and_then(|(store, name)| store.collection(database, name).ok());
        let key = known.and_then(|collection| Some(collection.key_field().ok()?.1.name.clone()));
        let canned = self
            .canned
            .answer(&call.rpc, &call.message, name, key.as_deref());
        match (canned, &mut self.store) {
            (Some(reply), _) => reply,
            (None, Some(store)) => rpcs::answer(store, &call.rpc, &call.message, database),
            (None, None) => Reply::Message(Vec::new()),
        }
    }
}

fn late(delay: Duration, reply: Reply) -> Reply {
    if delay.is_zero() {
        reply
    } else {
        Reply::After(delay, Box::new(reply))
    }
}
