//! Who an event is about: the business-scoped user id first, the phone number second and only if it is shared.
//! <https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids>

use super::wire::WireContact;
use crate::identity::{Actor, ExternalId};
use crate::words::{Words, present};

/// The customer whom an event names by `user_id`, `wa_id` or both, with what `contacts` add.
pub(super) fn find(
    user_id: Option<&Words>,
    wa_id: Option<&Words>,
    contacts: &[WireContact],
) -> Result<Actor, &'static str> {
    let contact = matching(present(user_id), present(wa_id), contacts);
    let user_id = present(user_id).or(contact.and_then(|contact| present(contact.user_id.as_ref())));
    let wa_id = present(wa_id).or(contact.and_then(|contact| present(contact.wa_id.as_ref())));
    let ids = ids(user_id, wa_id);
    if ids.is_empty() {
        return Err("it names nobody");
    }
    let profile = contact.and_then(|contact| contact.profile.as_ref());
    let shown = |words: Option<&Words>| present(words).map(str::to_owned);
    Ok(Actor {
        ids,
        name: shown(profile.and_then(|profile| profile.name.as_ref())),
        username: shown(profile.and_then(|profile| profile.username.as_ref())),
        phone: wa_id.filter(|wa_id| is_phone(wa_id)).map(|digits| format!("+{digits}")),
    })
}

/// The ids somebody is known by, the steadiest first.
pub(in crate::whatsapp) fn ids(user_id: Option<&str>, wa_id: Option<&str>) -> Vec<ExternalId> {
    let second = wa_id.filter(|wa_id| Some(*wa_id) != user_id);
    user_id.into_iter().chain(second).map(|id| ExternalId(id.into())).collect()
}

/// Meta writes a phone number as digits alone; a business-scoped user id always has letters.
pub(in crate::whatsapp) fn is_phone(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The contact with one of these ids; else the only contact there is, unless its ids say that it is somebody else.
fn matching<'a>(user_id: Option<&str>, wa_id: Option<&str>, contacts: &'a [WireContact]) -> Option<&'a WireContact> {
    let same = |ours: Option<&str>, theirs: Option<&Words>| ours.is_some() && ours == present(theirs);
    let other = |ours: Option<&str>, theirs: Option<&Words>| {
        ours.is_some() && present(theirs).is_some() && ours != present(theirs)
    };
    let named = |contact: &&WireContact| same(user_id, contact.user_id.as_ref()) || same(wa_id, contact.wa_id.as_ref());
    contacts.iter().find(named).or_else(|| {
        let [only] = contacts else { return None };
        let contradicts = other(user_id, only.user_id.as_ref()) || other(wa_id, only.wa_id.as_ref());
        (!contradicts).then_some(only)
    })
}
