//! Telegram: the Bot API and its updates. A bot hears nothing of what becomes of its messages.
//! <https://core.telegram.org/bots/api>

mod hook;

use serde_json::{Value, json};

pub use self::hook::Hook;

use crate::message::{Choice, Content, FileKind, Message, Side};
use crate::play::{Answer, Customer, Identity, Play};
use crate::provider::{
    Ability, Address, Album, Asked, Deed, Enclosed, Outgoing, Person, Provider, Said, Scene, Sign, Signed, Status,
};
use crate::shelf::{Filed, Shelf};
use crate::wire::{Letter, Reply, Request};

const BOT: u64 = 110_201_543;

/// One bot.
pub struct Telegram {
    pub bot_token: String,
    pub webhook_secret: String,
    pub hook: Hook,
}

impl Provider for Telegram {
    fn kind(&self) -> &'static str {
        "telegram"
    }

    fn abilities(&self) -> &'static [Ability] {
        use Ability::{Contact, Document, Edit, Photo, Place, Poll, React, Sticker, Video, Voice};
        &[Photo, Video, Voice, Document, Place, Contact, React, Edit, Sticker, Poll]
    }

    fn identity(&self, person: Person) -> Identity {
        let Person { number, name, username, user_id, .. } = person;
        // Beyond 32 bits, as the newest accounts are.
        let user_id = user_id.unwrap_or_else(|| (5_000_000_000 + number).to_string());
        Identity { name, username, phone: None, user_id: Some(user_id) }
    }

    fn new_id(&self, number: u64) -> String {
        number.to_string()
    }

    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter> {
        let (kind, update) = match deed {
            Deed::Says { said: Said::Picked { question, choice }, .. } => {
                let query = json!({
                    "id": scene.number.to_string(), "from": person(customer), "chat_instance": "1",
                    "message": message_of(customer, question), "data": choice.id,
                });
                ("callback_query", query)
            }
            Deed::Says { id, said } => ("message", message(customer, id, scene.seconds(), contents(said)?)),
            Deed::Edits { id, text } => {
                let mut edited = message(customer, id, scene.seconds(), json!({"text": text}));
                edited["edit_date"] = json!(scene.seconds());
                ("edited_message", edited)
            }
            Deed::Reacts { message, emoji } => {
                let reactions: Vec<_> = emoji.iter().map(|emoji| json!({"type": "emoji", "emoji": emoji})).collect();
                let reaction = json!({
                    "chat": chat(customer), "message_id": numeric(&message.id), "user": person(customer),
                    "date": scene.seconds(), "old_reaction": [], "new_reaction": reactions,
                });
                ("message_reaction", reaction)
            }
            Deed::Deletes { .. } | Deed::Types => return None,
        };
        let content = json!({"update_id": scene.number, kind: update});
        let letter = Letter::json(scene.webhook_path(self), &content);
        Some(letter.with("x-telegram-bot-api-secret-token", self.webhook_secret.clone()))
    }

    fn report(&self, _: &Scene<'_>, _: &Customer, _: &Message, _: Status) -> Option<Letter> {
        None
    }

    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply> {
        let bot = format!("bot{}", self.bot_token);
        match request.segments()[..] {
            ["file", token, "files", id] if token == bot => {
                let file = play.shelf.file(id).ok_or_else(|| refused(404, "Not Found"))?;
                Ok(Asked::Answer(Reply::bytes(&file.mime, file.bytes.clone())))
            }
            [token, method] if token == bot => {
                let asked = parameters(request);
                match self.hook.answer(method, &asked) {
                    Some(answer) => Ok(Asked::Answer(done(&answer))),
                    None => call(scene, method, &asked, request, &play.shelf),
                }
            }
            _ => Err(refused(401, "Unauthorized")),
        }
    }

    fn refusal(&self, answer: Answer) -> Option<Reply> {
        match answer {
            Answer::Normal => None,
            Answer::OutOfWindow => Some(refused(403, "Forbidden: bot can't initiate conversation with a user")),
            Answer::Blocked => Some(refused(403, "Forbidden: bot was blocked by the user")),
            Answer::ExpiredToken => Some(refused(401, "Unauthorized")),
            Answer::ServerError => Some(refused(502, "Bad Gateway")),
            Answer::RateLimit => Some(Reply::json(
                429,
                &json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7", "parameters": {"retry_after": 7}}),
            )),
        }
    }
}

fn refused(code: u16, description: &str) -> Reply {
    Reply::json(code, &json!({"ok": false, "error_code": code, "description": description}))
}

fn done(result: &Value) -> Reply {
    Reply::ok(&json!({"ok": true, "result": result}))
}

/// Of the body, whatever its form, and of the address.
fn parameters(request: &Request) -> Value {
    let mut all = if request.is_json() { request.json() } else { json!({}) };
    for (name, value) in &request.fields {
        // In forms everything is text, and what is not text is JSON.
        let is_structured = value.starts_with('{') || value.starts_with('[');
        let parsed = if is_structured { serde_json::from_str(value).ok() } else { None };
        all[name] = parsed.unwrap_or_else(|| json!(value));
    }
    all
}

fn call(scene: &Scene<'_>, method: &str, asked: &Value, request: &Request, shelf: &Shelf) -> Result<Asked, Reply> {
    let answer = match method {
        "getMe" => json!({"id": BOT, "is_bot": true, "first_name": "Acme", "username": "acme_demo_bot"}),
        "answerCallbackQuery" => json!(true),
        "getUserProfilePhotos" => json!({"total_count": 0, "photos": []}),
        "getFile" => {
            let file = asked["file_id"].as_str().and_then(|id| shelf.file(id));
            let file =
                file.ok_or_else(|| refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable"))?;
            let path = format!("files/{}", file.id);
            json!({"file_id": file.id, "file_unique_id": file.id, "file_size": file.bytes.len(), "file_path": path})
        }
        "sendChatAction" => return Ok(signed(chat_in(asked)?, None, Sign::Typing)),
        "setMessageReaction" => {
            let emoji = asked["reaction"][0]["emoji"].as_str().map(Into::into);
            return Ok(signed(chat_in(asked)?, number_in(asked), Sign::React(emoji)));
        }
        // What a business account has read; here no account has lent its chats to the bot.
        "readBusinessMessage" if asked["business_connection_id"].is_string() => {
            return Err(refused(400, "Bad Request: BUSINESS_CONNECTION_INVALID"));
        }
        "readBusinessMessage" => return Err(refused(400, "Bad Request: business connection not found")),
        "deleteMessage" => return Ok(signed(chat_in(asked)?, number_in(asked), Sign::Delete)),
        "editMessageText" => {
            return Ok(signed(chat_in(asked)?, number_in(asked), Sign::Edit(text_in(asked, "text", 4_096)?)));
        }
        "sendMediaGroup" => return send_album(scene, asked, request),
        _ => return send(scene, method, asked, request),
    };
    Ok(Asked::Answer(done(&answer)))
}

fn signed(to: Address, message: Option<String>, sign: Sign) -> Asked {
    let missing = refused(400, "Bad Request: chat not found");
    Asked::Sign(Signed { to: Some(to), message, signs: vec![sign], reply: done(&json!(true)), missing })
}

fn send(scene: &Scene<'_>, method: &str, asked: &Value, request: &Request) -> Result<Asked, Reply> {
    let to = chat_in(asked)?;
    let mut file = Enclosed::Nothing;
    let content = match method {
        "sendMessage" => Content::choice(text_in(asked, "text", 4_096)?, keyboard(asked)?),
        "sendLocation" => Content::Place { text: format!("{}, {}", asked["latitude"], asked["longitude"]) },
        "sendVenue" => {
            Content::Place { text: format!("{}, {}", text_in(asked, "title", 200)?, text_in(asked, "address", 200)?) }
        }
        "sendPhoto" | "sendDocument" | "sendVideo" | "sendAudio" | "sendVoice" | "sendAnimation" | "sendSticker" => {
            file = enclosed(&method.trim_start_matches("send").to_lowercase(), asked, request)?;
            Content::file(caption_in(asked)?)
        }
        _ => return Err(refused(404, "Not Found: method not found")),
    };
    let date = scene.seconds();
    Ok(Asked::Send(Box::new(Outgoing {
        to,
        content,
        file,
        callback: None,
        id: None,
        reply: Box::new(move |customer, message| {
            let mut sent = message_of(customer, message);
            sent["date"] = json!(date);
            done(&sent)
        }),
    })))
}

/// Photos and videos may be together, documents only with documents, audio only with audio.
/// <https://core.telegram.org/bots/api#sendmediagroup>
fn send_album(scene: &Scene<'_>, asked: &Value, request: &Request) -> Result<Asked, Reply> {
    let to = chat_in(asked)?;
    let media = asked["media"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(2..=10).contains(&media.len()) {
        return Err(refused(400, "Bad Request: can't parse media: expected an Array of 2 to 10 InputMedia"));
    }
    let sort = |medium: &Value| match medium["type"].as_str() {
        Some("photo" | "video") => Some("seen"),
        Some("audio") => Some("heard"),
        Some("document") => Some("read"),
        _ => None,
    };
    let first =
        sort(&media[0]).ok_or_else(|| refused(400, "Bad Request: type of a media can't be used in an album"))?;
    if media.iter().any(|medium| sort(medium) != Some(first)) {
        return Err(refused(400, "Bad Request: can't mix this media in an album"));
    }
    let part = |medium: &Value| Ok((Content::file(caption_in(medium)?), enclosed("media", medium, request)?));
    let parts = media.iter().map(part).collect::<Result<_, Reply>>()?;
    let (date, name) = (scene.seconds(), scene.number.to_string());
    let reply = move |customer: &Customer, messages: &[Message]| {
        let sent = messages.iter().map(|message| {
            let mut sent = message_of(customer, message);
            sent["date"] = json!(date);
            sent["media_group_id"] = json!(name);
            sent
        });
        done(&sent.collect())
    };
    Ok(Asked::Album(Album { to, parts, reply: Box::new(reply) }))
}

fn caption_in(asked: &Value) -> Result<&str, Reply> {
    let caption = asked["caption"].as_str().unwrap_or_default();
    if caption.encode_utf16().count() > 1_024 {
        return Err(refused(400, "Bad Request: message caption is too long"));
    }
    Ok(caption)
}

/// The file is in the body, or behind a link.
fn enclosed(field: &str, asked: &Value, request: &Request) -> Result<Enclosed, Reply> {
    let named = asked[field].as_str().map(|value| value.strip_prefix("attach://").unwrap_or(value));
    let uploaded = request.files.iter().find(|file| file.field == field || Some(file.field.as_str()) == named);
    match (uploaded, named) {
        (Some(file), _) => Ok(Enclosed::Bytes(Filed::new(&file.name, &file.mime, file.bytes.clone()))),
        (None, Some(link)) if link.starts_with("http") => Ok(Enclosed::Link(link.into())),
        _ => Err(refused(400, &format!("Bad Request: there is no {field} in the request"))),
    }
}

fn keyboard(asked: &Value) -> Result<Vec<Choice>, Reply> {
    let mut choices = Vec::new();
    for button in
        asked["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten()
    {
        let (Some(title), Some(id)) = (button["text"].as_str(), button["callback_data"].as_str()) else { continue };
        if id.is_empty() || id.len() > 64 {
            return Err(refused(400, "Bad Request: BUTTON_DATA_INVALID"));
        }
        choices.push(Choice { id: id.into(), title: title.into(), description: None });
    }
    Ok(choices)
}

fn chat_in(asked: &Value) -> Result<Address, Reply> {
    let id = asked["chat_id"].as_i64().map(|id| id.to_string()).or_else(|| asked["chat_id"].as_str().map(Into::into));
    let id = id.filter(|id: &String| id.parse::<i64>().is_ok());
    id.map(Address::user).ok_or_else(|| refused(400, "Bad Request: chat not found"))
}

fn number_in(asked: &Value) -> Option<String> {
    asked["message_id"].as_i64().map(|id| id.to_string()).or_else(|| asked["message_id"].as_str().map(Into::into))
}

fn text_in(asked: &Value, field: &str, most: usize) -> Result<String, Reply> {
    let text = asked[field].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(refused(400, "Bad Request: message text is empty"));
    }
    if text.encode_utf16().count() > most {
        return Err(refused(400, "Bad Request: message is too long"));
    }
    Ok(text.into())
}

fn numeric(id: &str) -> i64 {
    id.parse().unwrap_or_default()
}

fn person(customer: &Customer) -> Value {
    let (first, last) = customer.name.split_once(' ').map_or((customer.name.as_str(), None), |(a, b)| (a, Some(b)));
    let mut person = chat(customer);
    person["is_bot"] = json!(false);
    person["first_name"] = json!(first);
    if let Some(last) = last {
        person["last_name"] = json!(last);
    }
    if let Some(person) = person.as_object_mut() {
        person.remove("type");
    }
    person
}

fn chat(customer: &Customer) -> Value {
    let id = numeric(customer.user_id.as_deref().unwrap_or_default());
    let mut chat = json!({"id": id, "type": "private", "first_name": customer.name});
    if let Some(username) = &customer.username {
        chat["username"] = json!(username.replace('.', "_"));
    }
    chat
}

/// A message that the customer writes.
fn message(customer: &Customer, id: &str, date: u64, contents: Value) -> Value {
    let mut message = contents;
    message["message_id"] = json!(numeric(id));
    message["date"] = json!(date);
    message["from"] = person(customer);
    message["chat"] = chat(customer);
    message
}

/// A message that is there already.
fn message_of(customer: &Customer, known: &Message) -> Value {
    let mut message = message(customer, &known.id, known.at / 1_000, json!({"text": known.content.words()}));
    if known.from == Side::Business {
        message["from"] = json!({"id": BOT, "is_bot": true, "first_name": "Acme", "username": "acme_demo_bot"});
    }
    message
}

fn contents(said: &Said<'_>) -> Option<Value> {
    Some(match said {
        Said::Text(text) => json!({"text": text}),
        Said::File(file) => {
            let size = file.bytes.len();
            let mut part = json!({
                "file_id": file.id, "file_unique_id": format!("u{}", file.id), "file_size": size, "mime_type": file.mime,
            });
            match file.kind {
                FileKind::Photo => {
                    let photo = |width: u32| json!({"file_id": file.id, "file_unique_id": format!("u{}", file.id), "width": width, "height": width * 3 / 4, "file_size": size});
                    json!({"photo": [photo(90), photo(240)]})
                }
                FileKind::Voice => {
                    part["duration"] = json!(2);
                    json!({"voice": part})
                }
                FileKind::Video => {
                    for (field, number) in [("width", 128), ("height", 96), ("duration", 3)] {
                        part[field] = json!(number);
                    }
                    json!({"video": part})
                }
                FileKind::Document => {
                    part["file_name"] = json!(file.name);
                    json!({"document": part})
                }
                FileKind::Sticker => json!({"sticker": {
                    "file_id": file.id, "file_unique_id": format!("u{}", file.id), "file_size": size, "type": "regular",
                    "width": 256, "height": 256, "is_animated": false, "is_video": false, "emoji": "😀", "set_name": "Acme",
                }}),
            }
        }
        Said::Place { latitude, longitude, name, address } => {
            let location = json!({"latitude": latitude, "longitude": longitude});
            json!({"location": location, "venue": {"location": location, "title": name, "address": address}})
        }
        Said::Contact { name, phone } => {
            json!({"contact": {"phone_number": phone, "first_name": name}})
        }
        Said::Poll => json!({"poll": {
            "id": "1", "question": "Which colour?", "options": [{"text": "Green", "voter_count": 0}, {"text": "Blue", "voter_count": 0}],
            "total_voter_count": 0, "is_closed": false, "is_anonymous": true, "type": "regular", "allows_multiple_answers": false,
        }}),
        Said::Picked { .. } | Said::Order { .. } | Said::Encrypted => return None,
    })
}
