//! What Business Messages delivered, as far as we read it. Unknown fields are welcome.

use serde::Deserialize;
use serde_json::Value;

use crate::google::wire::Suggested;
use crate::words::written;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Delivered {
    #[serde(deserialize_with = "written")]
    pub agent: Option<String>,
    #[serde(deserialize_with = "written")]
    pub conversation_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub request_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub send_time: Option<String>,
    pub context: Option<Context>,
    pub message: Option<Message>,
    pub suggestion_response: Option<Suggested>,
    pub receipts: Option<Receipts>,
    pub user_status: Option<UserStatus>,
    pub authentication_response: Option<Value>,
    pub survey_response: Option<SurveyResponse>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Context {
    pub user_info: Option<UserInfo>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UserInfo {
    #[serde(deserialize_with = "written")]
    pub display_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Message {
    #[serde(deserialize_with = "written")]
    pub name: Option<String>,
    #[serde(deserialize_with = "written")]
    pub message_id: Option<String>,
    /// Of a picture, the address it is at for a while.
    #[serde(deserialize_with = "written")]
    pub text: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SurveyResponse {
    /// What the survey of earlier times asked for.
    #[serde(deserialize_with = "written")]
    pub rating: Option<String>,
    #[serde(deserialize_with = "written")]
    pub feedback: Option<String>,
    #[serde(deserialize_with = "written")]
    pub survey_question_id: Option<String>,
    #[serde(deserialize_with = "written")]
    pub question_response_text: Option<String>,
    #[serde(deserialize_with = "written")]
    pub question_response_postback_data: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Receipts {
    pub receipts: Option<Vec<Receipt>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Receipt {
    #[serde(deserialize_with = "written")]
    pub message: Option<String>,
    #[serde(deserialize_with = "written")]
    pub receipt_type: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UserStatus {
    pub is_typing: Option<bool>,
    pub requested_live_agent: Option<bool>,
}
