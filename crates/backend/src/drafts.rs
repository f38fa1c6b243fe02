//! Drafts: one's own unsent words, kept by person, room and mode. Nobody else ever sees them; only those of somebody who
//! left are for admins to take.

mod left;

use domain::draft::DraftMode;
use domain::id::{PersonId, RoomId};
use domain::message::{Preview, storable};
use domain::permission;
use domain::person::Person;
use domain::refused::Refused;
use entity::draft::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::backend::Backend;
use crate::error::Result;
use crate::rooms::may_read;
use crate::writer::{Command, Tx};

pub(crate) use left::{follow_rights, forget_left, in_sight};
pub use left::{list_left, take_left};

/// One's unsent words in a room; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    pub reply: String,
    pub note: String,
}

/// The longest draft that is kept, in characters. It may be longer than what can be sent: it is still being written.
const MAX: usize = 50_000;

/// Keeps `text`; empty text forgets the draft.
///
/// # Errors
/// The room is not visible, or the text is too long to be kept.
pub async fn save(backend: &Backend, me: &Person, room: RoomId, mode: DraftMode, text: String) -> Result<()> {
    let text = storable(&text).into_owned();
    check_length(&text)?;
    let known = may_read(backend, me, room).await?;
    // Who only looks back writes nothing there.
    if !permission::may_note(me, &backend.directory().policy, &known) {
        return Err(Refused::NotFound.into());
    }
    backend.run(Save { me: me.id, room, mode, text }).await
}

fn check_length(text: &str) -> std::result::Result<(), Refused> {
    let length = text.chars().count();
    if length > MAX {
        return Err(Refused::TooLong { field: "draft".into(), length, max: MAX, unit: "characters".into() });
    }
    Ok(())
}

struct Save {
    me: PersonId,
    room: RoomId,
    mode: DraftMode,
    text: String,
}

impl Command for Save {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if self.text.is_empty() {
            let key = (self.me, self.room, self.mode.word().to_owned());
            Entity::delete_by_id(key).exec(tx.db).await?;
            return Ok(());
        }
        write(tx, self.me, self.room, self.mode, &self.text).await
    }
}

/// Writes the draft in the place of what stood there.
async fn write(tx: &Tx<'_>, person: PersonId, room: RoomId, mode: DraftMode, text: &str) -> Result<()> {
    let row = ActiveModel {
        person: Set(person),
        room: Set(room),
        mode: Set(mode.word().into()),
        text: Set(text.into()),
        updated_at: Set(tx.now),
        left_at: Set(None),
    };
    let replace = OnConflict::columns([Column::Person, Column::Room, Column::Mode])
        .update_columns([Column::Text, Column::UpdatedAt, Column::LeftAt])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(tx.db).await?;
    Ok(())
}

/// The drafts of `me` in a room, also in one that went out of view: the words are still theirs.
///
/// # Errors
/// The database cannot be read.
pub async fn load(backend: &Backend, me: &Person, room: RoomId) -> Result<Drafts> {
    let rows = Entity::find().filter(Column::Person.eq(me.id)).filter(Column::Room.eq(room));
    let mut drafts = Drafts::default();
    for row in rows.all(&backend.store().read).await? {
        match DraftMode::from_word(&row.mode) {
            Some(DraftMode::Reply) => drafts.reply = row.text,
            Some(DraftMode::Note) | None => drafts.note = row.text,
        }
    }
    Ok(drafts)
}

/// The rooms in which `me` has a reply under way, with its first words; the newest first.
///
/// # Errors
/// The database cannot be read.
pub async fn list(backend: &Backend, me: &Person) -> Result<Vec<(RoomId, String)>> {
    let rows = Entity::find()
        .filter(Column::Person.eq(me.id))
        .filter(Column::Mode.eq(DraftMode::Reply.word()))
        .order_by_desc(Column::UpdatedAt)
        .all(&backend.store().read)
        .await?;
    Ok(rows.into_iter().map(|row| (row.room, first_words(&row.text))).collect())
}

fn first_words(text: &str) -> String {
    Preview::new(domain::message::Speaker::Switchboard, text).text
}
