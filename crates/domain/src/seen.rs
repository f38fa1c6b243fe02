//! How much of a room somebody has seen, and whether they marked it unread for themselves. Nobody else is shown any of it.

/// What one person has seen of one room. Both numbers only grow, so that of two states the later one is known, whichever
/// arrives first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many of the customer's messages: the first ones.
    pub messages: u32,
    /// How often they marked the room unread, or looked at it after that: odd while it is marked.
    pub marks: u32,
}

impl Seen {
    /// Whether they marked the room unread and did not look at it since.
    #[must_use]
    pub const fn is_marked(self) -> bool {
        self.marks % 2 == 1
    }

    /// They marked the room unread. What they have seen of it stays seen: the customer may have been shown so.
    #[must_use]
    pub const fn mark_unread(self) -> Self {
        Self { marks: self.marks | 1, ..self }
    }

    /// They looked at the room, as far as the customer's first `messages`.
    #[must_use]
    pub fn look(self, messages: u32) -> Self {
        Self { messages: self.messages.max(messages), marks: self.marks + self.marks % 2 }
    }

    /// What is known once `other` is known as well.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { messages: self.messages.max(other.messages), marks: self.marks.max(other.marks) }
    }
}
