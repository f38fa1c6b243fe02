//! What was said, shown as what it is: words, pictures, places, cards, orders.

use domain::id::MessageId;
use domain::link::{Piece, pieces, target};
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{About, Attachment, Card, Content, Message, Order, Place, Reacting, What};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::desk::Store;
use crate::parts::{Icon, dynamic};

/// The inside of a bubble.
#[component]
pub fn Said(what: What) -> impl IntoView {
    match what {
        What::Note(note) => words("", &note.text),
        What::Line(_) => ().into_any(),
        What::Message(message) => view! { <Whole message /> }.into_any(),
    }
}

#[component]
fn Whole(message: Message) -> impl IntoView {
    let Message { content, about, edited, .. } = message;
    view! {
        {about.map(|about| view! { <Quoted about /> })}
        {shown(content)}
        {edited.then(|| view! { <span class="said__edited">"edited"</span> })}
    }
    .into_any()
}

fn shown(content: Content) -> AnyView {
    match content {
        Content::Text(text)
        | Content::Choices { text, .. }
        | Content::FeedbackRequest { text, .. }
        | Content::Picked { title: text, .. } => words("", &text),
        Content::Template(template) => {
            let header = template.header.into_iter().collect();
            view! { <Files files=header text=template.text /> }.into_any()
        }
        Content::Files { text, files } => view! { <Files files text /> }.into_any(),
        Content::Place(place) => view! { <Somewhere place /> }.into_any(),
        Content::Cards(cards) => view! { <Cards cards /> }.into_any(),
        Content::Order(order) => view! { <Ordered order /> }.into_any(),
        Content::Shared { label, url, text } => view! { <Shared label url text /> }.into_any(),
        Content::FeedbackAnswer { score, comment, .. } => {
            let comment = comment.map(|comment| format!(": {comment}")).unwrap_or_default();
            view! { <span>{format!("{} ({score} of 5){comment}", "★".repeat(score.into()))}</span> }.into_any()
        }
        Content::Deleted => odd("This message was deleted".into()),
        Content::Unsupported { label } => odd(format!("{label} (cannot be shown here)")),
    }
}

/// Words with the addresses in them, which open elsewhere and learn nothing of where one came from.
fn words(class: &'static str, text: &str) -> AnyView {
    let pieces = pieces(text).into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        // Whatever stands around it, it reads from the left.
        Piece::Link(link) => view! {
            <a class="link" href=target(link) target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
                {link.to_owned()}
            </a>
        }
        .into_any(),
    });
    view! { <span class=class>{pieces.collect::<Vec<_>>()}</span> }.into_any()
}

fn odd(words: String) -> AnyView {
    view! { <span class="bubble__odd">{words}</span> }.into_any()
}

#[component]
fn Files(files: Vec<Attachment>, text: String) -> impl IntoView {
    let (deleted, files): (Vec<_>, Vec<_>) = files.into_iter().partition(Attachment::is_deleted);
    let is_seen = |file: &Attachment| matches!(file.kind, MediaKind::Photo | MediaKind::Video);
    let is_album = files.len() > 1 && files.iter().all(is_seen);
    let files = files.into_iter().map(|attachment| view! { <File attachment /> }).collect_view();
    let deleted = deleted.into_iter().map(|attachment| view! { <File attachment /> }).collect_view();
    view! {
        {if is_album { view! { <span class="said__album">{files}</span> }.into_any() } else { files.into_any() }}
        {deleted}
        {(!text.is_empty()).then(|| words("said__caption", &text))}
    }
    .into_any()
}

#[component]
fn File(attachment: Attachment) -> impl IntoView {
    let store = expect_context::<Store>();
    let label = attachment.label();
    match attachment.file {
        FileState::Coming => view! {
            <span class=format!("said__coming said__coming--{}", kind_word(attachment.kind)) role="status">
                <Icon name="clock" small=true />
                {format!("{label} is loading")}
            </span>
        }
        .into_any(),
        FileState::Lost { reason } => view! {
            <span class="said__lost">
                <Icon name="alert" small=true />
                {format!("{label} could not be loaded. {reason}")}
            </span>
        }
        .into_any(),
        FileState::Deleted => odd(format!("{label} was deleted")),
        FileState::Here(file) => here(attachment.kind, label, store.attached.url(file.id), file),
    }
}

fn here(kind: MediaKind, label: &'static str, url: String, file: StoredFile) -> AnyView {
    match kind {
        // What is a picture by its content; anything else is handed out, never shown.
        MediaKind::Photo | MediaKind::Sticker if MediaKind::Photo.takes(&file.mime) => {
            let alt = format!("{label}: {}", file.name);
            view! {
                <a class="said__open" href=url.clone() target="_blank" rel="noopener">
                    <img class=format!("said__{}", kind_word(kind)) src=url.clone() alt=alt loading="lazy" decoding="async" />
                </a>
            }
            .into_any()
        }
        MediaKind::Video if MediaKind::Video.takes(&file.mime) => view! {
            <video class="said__video" src=url controls preload="metadata" aria-label=file.name></video>
        }
        .into_any(),
        MediaKind::Audio | MediaKind::Voice => view! {
            <audio class="said__audio" src=url controls preload="none" aria-label=label></audio>
        }
        .into_any(),
        MediaKind::Photo | MediaKind::Sticker | MediaKind::Video | MediaKind::Document => {
            let size = file.size_words();
            view! {
                <a class="said__document" href=url download=file.name.clone()>
                    <Icon name="paperclip" />
                    <span class="said__name">{file.name.clone()}</span>
                    <span class="said__size">{size}</span>
                </a>
            }
            .into_any()
        }
    }
}

const fn kind_word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Photo => "photo",
        MediaKind::Video => "video",
        MediaKind::Audio | MediaKind::Voice => "audio",
        MediaKind::Sticker => "sticker",
        MediaKind::Document => "document",
    }
}

#[component]
fn Somewhere(place: Place) -> impl IntoView {
    let (map, coordinates) = (place.map(), place.coordinates());
    let name = place.name.unwrap_or_else(|| "Location".into());
    view! {
        <span class="said__card">
            <span class="said__title">{name}</span>
            {place.address.map(|address| view! { <span class="said__under">{address}</span> })}
            <a class="link" href=map target="_blank" rel="noopener noreferrer">
                {format!("{coordinates} on the map")}
            </a>
        </span>
    }
    .into_any()
}

#[component]
fn Cards(cards: Vec<Card>) -> impl IntoView {
    cards
        .into_iter()
        .map(|card| {
            let ways = card.phones.into_iter().chain(card.emails);
            view! {
                <span class="said__card">
                    <span class="said__title">{card.name}</span>
                    {ways.map(|way| view! { <span class="said__under">{way}</span> }).collect_view()}
                </span>
            }
        })
        .collect_view()
        .into_any()
}

#[component]
fn Ordered(order: Order) -> impl IntoView {
    view! {
        <span class="said__card">
            <span class="said__title">"Order"</span>
            {order
                .items
                .into_iter()
                .map(|item| {
                    let price = item.price.map(|price| format!(" · {price}")).unwrap_or_default();
                    view! { <span class="said__under">{format!("{} × {}{price}", item.quantity, item.product)}</span> }
                })
                .collect_view()}
            {(!order.text.is_empty()).then(|| words("", &order.text))}
        </span>
    }
    .into_any()
}

#[component]
fn Shared(label: String, url: Option<String>, text: String) -> impl IntoView {
    // Only what is surely an address of the web becomes a link.
    let url = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    view! {
        <span class="said__card">
            <span class="said__title">{label}</span>
            {(!text.is_empty()).then(|| words("", &text))}
            {url
                .map(|url| {
                    view! {
                        <a class="link" href=url.clone() target="_blank" rel="noopener noreferrer">
                            {url.clone()}
                        </a>
                    }
                })}
        </span>
    }
    .into_any()
}

/// What the message is about, above its words. One of this room's leads there.
#[component]
fn Quoted(about: About) -> impl IntoView {
    let store = expect_context::<Store>();
    let plain = |words: String| view! { <span class="said__about">{words}</span> }.into_any();
    match about {
        About::Message(id) => {
            let words = Memo::new(move |_| {
                store.desk.with(|desk| {
                    let entries = desk.open.iter().flat_map(|view| view.entries.iter());
                    let found = entries.into_iter().find(|entry| entry.what.message_id() == Some(id));
                    found.map(|entry| quoted(&entry.what))
                })
            });
            let show = move |_| show_message(id);
            view! {
                <button type="button" class="said__quote" title="Show the message" on:click=show>
                    {dynamic(move || words.get().unwrap_or_else(|| "An earlier message".into()))}
                </button>
            }
            .into_any()
        }
        About::Unknown => plain("Answers a message that is not here".into()),
        About::Story { url } => story(url, "Answers your story"),
        About::Product(product) => plain(format!("About {product}")),
        About::Forwarded => plain("Forwarded".into()),
        About::CameFrom(words) => plain(words),
        About::Standby => plain("Another app is answering this customer".into()),
    }
}

/// What is said about a story, which leads there while the messenger still has it.
fn story(url: Option<String>, words: &'static str) -> AnyView {
    match url.filter(|url| url.starts_with("https://")) {
        Some(url) => view! {
            <a class="said__about link" href=url target="_blank" rel="noopener noreferrer">
                {words}
            </a>
        }
        .into_any(),
        None => view! { <span class="said__about">{words}</span> }.into_any(),
    }
}

/// Leads to a message that the transcript shows.
pub fn show_message(id: MessageId) {
    let found = document().get_element_by_id(&format!("message-{id}"));
    if let Some(bubble) = found.and_then(|bubble| bubble.dyn_into::<web_sys::HtmlElement>().ok()) {
        bubble.scroll_into_view();
        drop(bubble.focus());
    }
}

fn quoted(what: &What) -> String {
    let text = match what {
        What::Message(message) => message.content.text(),
        What::Note(note) => &note.text,
        What::Line(_) => "",
    };
    text.chars().take(120).collect()
}

/// The signs that either side left under a message.
#[component]
pub fn Reactions(message: Message) -> impl IntoView {
    let signs = message.reactions.into_iter().map(|reaction| {
        let whose = match reaction.by {
            Reacting::Customer => "The customer reacted",
            Reacting::OurSide => "You reacted",
        };
        let label = format!("{whose}: {}", reaction.emoji);
        view! {
            <span class="said__reaction" role="img" aria-label=label.clone() title=label>
                {reaction.emoji}
            </span>
        }
    });
    view! { <p class="said__reactions">{signs.collect_view()}</p> }.into_any()
}
