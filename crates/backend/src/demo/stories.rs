//! What the demo's customers and colleagues said: short, believable, in the languages they write in.

/// Who says a line of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Customer,
    Bot,
    Agent,
    /// A private note.
    Note,
}

use Says::{Agent, Bot, Customer, Note};

/// One conversation, from the first word to the last.
pub(super) struct Story {
    pub lines: &'static [(Says, &'static str)],
    /// The comment it was closed with.
    pub comment: &'static str,
    /// What the bot collected.
    pub fields: &'static [(&'static str, &'static str)],
}

/// The greeting every bot conversation begins with.
pub(super) const GREETING: &str = "Hello! I am the Acme assistant. What is it about?";

pub(super) const STORIES: &[Story] = &[
    Story {
        lines: &[
            (Customer, "Oi! Where is my order? It should have come on Tuesday."),
            (Bot, "I am sorry to hear that. What is your order number?"),
            (Customer, "48-2210"),
            (Bot, "Order 48-2210 left our warehouse on Monday. The carrier has not scanned it since."),
            (Customer, "That is what I see too. I want to talk to a person, please."),
            (Agent, "Hi, I am on it, one moment."),
            (Note, "Parcel 48-2210 has no scan since Monday. Logistics is asking the carrier."),
            (Agent, "Let me ask the warehouse."),
            (Customer, "Thank you. I need it for Friday."),
            (Agent, "They found it. It will be with you tomorrow before noon, and I refunded the shipping."),
            (Customer, "Perfect, thanks a lot!"),
        ],
        comment: "Parcel located, arrives tomorrow before noon. Refunded the shipping.",
        fields: &[("order", "48-2210"), ("wants", "Where is my order")],
    },
    Story {
        lines: &[
            (Customer, "Can I change the size before it ships?"),
            (Bot, "Of course. Which order is it?"),
            (Customer, "47-9981, from M to L"),
            (Agent, "I changed it to L. It ships this afternoon."),
            (Customer, "That was quick. Thank you!"),
        ],
        comment: "Changed the size to L before shipping.",
        fields: &[("order", "47-9981")],
    },
    Story {
        lines: &[
            (Customer, "Hallo, die Rechnung fehlt in meinem Paket."),
            (Bot, "Das tut mir leid. Wie lautet Ihre E-Mail-Adresse?"),
            (Customer, "buchhaltung@nordlicht.example"),
            (Agent, "Guten Tag, ich habe Ihnen die Rechnung gerade geschickt."),
            (Customer, "Ja, passt. Danke!"),
        ],
        comment: "Sent the invoice again.",
        fields: &[("email", "buchhaltung@nordlicht.example")],
    },
    Story {
        lines: &[
            (Customer, "Bonjour, le colis est arrivé abîmé."),
            (Bot, "Je suis désolé. Pouvez-vous me donner le numéro de commande ?"),
            (Customer, "51-0034"),
            (Agent, "Nous vous en renvoyons un aujourd'hui, sans frais."),
            (Note, "Third damaged parcel from this depot this week."),
            (Customer, "Merci beaucoup."),
        ],
        comment: "Damaged in transit, replacement sent free of charge.",
        fields: &[("order", "51-0034"), ("wants", "Return or refund")],
    },
    Story {
        lines: &[
            (Customer, "Do you ship to the Canary Islands?"),
            (Bot, "We ship to all of Spain. Deliveries to the islands take four to six days."),
            (Customer, "And the customs fees?"),
            (Agent, "We pay them. The price you see is the price you pay."),
        ],
        comment: "Asked about shipping to the Canary Islands.",
        fields: &[("wants", "Something else")],
    },
    Story {
        lines: &[
            (Customer, "I was charged twice for the same order!"),
            (Bot, "That should not happen. What is your order number?"),
            (Customer, "52-7719. Please, this is 240 euros."),
            (
                Agent,
                "I see both charges. One is only a reservation and falls away by itself, but I have cancelled it now.",
            ),
            (Note, "Payment provider ticket opened, same pattern as on Monday."),
            (Customer, "Okay, I hope so. When will I see it?"),
            (Agent, "Within two working days, depending on your bank."),
        ],
        comment: "Double charge: the reservation is cancelled, bank needs two days.",
        fields: &[("order", "52-7719")],
    },
    Story {
        lines: &[
            (Customer, "Olá, quero devolver um produto"),
            (Bot, "Claro! Qual é o número do pedido?"),
            (Customer, "49-1187"),
            (Bot, "Obrigado. Vou passar para um colega."),
            (Agent, "Olá! A etiqueta de devolução está no seu e-mail."),
            (Customer, "Recebi, obrigada 😊"),
        ],
        comment: "Return label sent.",
        fields: &[("order", "49-1187"), ("wants", "Return or refund")],
    },
    Story {
        lines: &[
            (Customer, "The discount code AUTUMN does not work"),
            (Bot, "Which message do you see?"),
            (Customer, "\"This code has expired\""),
            (Agent, "It ended yesterday, but I made you a new one: THANKS10."),
            (Customer, "You are the best"),
        ],
        comment: "Gave THANKS10 as a courtesy.",
        fields: &[],
    },
    Story {
        lines: &[
            (Customer, "Xin chào, tôi muốn hỏi về việc hoàn tiền"),
            (Bot, "Thank you. I am looking for a colleague who can help."),
            (Agent, "The refund takes three to five days. I will write to you when it is out."),
        ],
        comment: "Refund explained.",
        fields: &[],
    },
    Story {
        lines: &[
            (Customer, "Is the blue one back in stock?"),
            (Bot, "Let me see. Which product do you mean?"),
            (Customer, "the Fjord jacket, size S"),
            (Agent, "It comes back on Thursday. Shall I reserve one for you?"),
            (Customer, "Yes please!"),
        ],
        comment: "Reserved a Fjord jacket, size S.",
        fields: &[("product", "Fjord jacket, S")],
    },
];

/// The customers, with a phone number where the channel shows one.
pub(super) const CUSTOMERS: &[&str] = &[
    "Ana Lima",
    "Jonas Keller",
    "Salma Benali",
    "Trần Ngọc Ánh",
    "Delivery Operations Partner Berlin-Brandenburg GmbH & Co. KG",
    "Ruth Weiss",
    "Marco Conti",
    "Ifeoma Okafor",
    "Léa Fontaine",
    "Yuki Tanaka",
    "Piotr Zieliński",
    "Carmen Ortiz",
    "Noah van Dijk",
    "Fatima Zahra",
    "Bram de Wit",
    "Chiara Russo",
    "Mateus Almeida",
    "Greta Lindqvist",
    "Omar Haddad",
    "Anneliese Hoffmann",
    "Diego Fernández",
    "Aoife Byrne",
    "Viktor Novák",
    "Sofia Papadaki",
    "Hannah Schulz",
    "Luca Moretti",
    "Zeynep Kaya",
    "Emma Johansson",
    "Rafael Costa",
    "Nora Haugen",
];

/// Words customers wait with while nobody has answered.
pub(super) const WAITING: &[&str] = &[
    "Hello? Is anyone there?",
    "I would like to talk to a person please",
    "Any news?",
    "Hola, ¿me pueden ayudar?",
    "Ist noch jemand da?",
    "It is quite urgent, the event is tomorrow",
];
