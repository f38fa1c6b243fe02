//! What is done to many rooms at once: what it is, once more where they are very many, how far it has come, and what came of
//! it in each.

mod assign;
mod report;
mod status;

use domain::bulk::{BulkAction, CONFIRM_ABOVE, in_words};
use domain::room::Status;
use leptos::prelude::*;

use crate::console::{Dialog, Many, Ui};
use crate::dialogs::DialogForm;
use crate::list::{Selection, Stage};
use crate::parts::{Closing, Modal, dynamic};
use assign::AssignMany;
use report::ReportOnMany;
use status::UpdateManyStatus;

/// The dialog that is open about what is selected, if one is.
#[component]
pub fn ActOnMany(selection: Selection) -> impl IntoView {
    let ui = expect_context::<Ui>();
    let open = Memo::new(move |_| match ui.dialog.get() {
        Some(Dialog::Many(many)) => Some(many),
        _ => None,
    });
    dynamic(move || {
        open.get().map(|many| {
            let close = Callback::new(move |()| {
                ui.dialog.set(None);
                selection.settle();
            });
            let under = chats(selection.rooms().len());
            view! {
                <Modal title=title(many) under=under class="many" on_close=close>
                    <Steps many selection />
                </Modal>
            }
        })
    })
}

/// One after the other, in one dialog: the browser knows where the focus came from.
#[component]
fn Steps(many: Many, selection: Selection) -> impl IntoView {
    #[derive(Clone, Copy, PartialEq)]
    enum Step {
        Asking,
        Running,
        Over,
    }
    let step = Memo::new(move |_| {
        selection.stage.with(|stage| match stage {
            Stage::Asking => Step::Asking,
            Stage::Running { .. } => Step::Running,
            Stage::Over(_) => Step::Over,
        })
    });
    dynamic(move || match (step.get(), many) {
        (Step::Asking, Many::UpdateStatus) => view! { <UpdateManyStatus selection /> }.into_any(),
        (Step::Asking, Many::Assign) => view! { <AssignMany selection /> }.into_any(),
        (Step::Asking, Many::ReturnToQueue) => view! { <ReturnMany selection /> }.into_any(),
        (Step::Running, _) => view! { <Progress selection /> }.into_any(),
        (Step::Over, _) => view! { <ReportOnMany selection /> }.into_any(),
    })
}

/// Nothing to choose: what it means, and the button.
#[component]
fn ReturnMany(selection: Selection) -> impl IntoView {
    let asking = Asking::new(selection);
    let submit = move || asking.go(Some(BulkAction::ReturnToQueue { team: None }));
    view! {
        <DialogForm class="many__form" submit=Callback::new(move |()| submit())>
            <p>"Each goes back to the queue of its team, and its customer waits for whoever takes it."</p>
            <Actions asking verb=Signal::stored("Return") is_ready=Signal::stored(true) />
        </DialogForm>
    }
    .into_any()
}

#[component]
fn Progress(selection: Selection) -> impl IntoView {
    let far = Memo::new(move |_| {
        selection.stage.with(|stage| match stage {
            Stage::Running { done, total } => (*done, *total),
            Stage::Asking | Stage::Over(_) => (0, 0),
        })
    });
    view! {
        <div class="many__form">
            <p role="status">{dynamic(move || format!("{} of {} done", far.get().0, far.get().1))}</p>
            <progress
                class="many__progress"
                aria-label="Chats done"
                max=move || far.get().1.to_string()
                value=move || far.get().0.to_string()
            ></progress>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| selection.stop()>
                    "Stop"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Whether one was asked once more, and has not answered yet.
#[derive(Clone, Copy)]
struct Asking {
    selection: Selection,
    is_sure: RwSignal<bool>,
}

impl Asking {
    fn new(selection: Selection) -> Self {
        Self { selection, is_sure: RwSignal::new(false) }
    }

    /// Carries `action` out, or asks first.
    fn go(self, action: Option<BulkAction>) {
        let rooms = self.selection.rooms();
        let Some(action) = action.filter(|_| !rooms.is_empty()) else { return };
        if rooms.len() > CONFIRM_ABOVE && !self.is_sure.get_untracked() {
            return self.is_sure.set(true);
        }
        self.selection.carry_out(action, rooms);
    }
}

/// The buttons under what is done: `verb` names it, as in "Resolve".
#[component]
fn Actions(asking: Asking, verb: Signal<&'static str>, is_ready: Signal<bool>) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let selection = asking.selection;
    let is_asked = Memo::new(move |_| asking.is_sure.get() && selection.count() > CONFIRM_ABOVE);
    let back = move |_| if is_asked.get_untracked() { asking.is_sure.set(false) } else { closing.close() };
    let is_held = move || !is_ready.get() || selection.count() == 0;
    view! {
        <p class="many__sure" role="alert">
            {dynamic(move || is_asked.get().then(|| format!("{} {} chats?", verb.get(), in_words(selection.count()))))}
        </p>
        <div class="dialog__actions">
            <span class="dialog__hint wide-only">"Ctrl Enter"</span>
            <button type="button" class="button" on:click=back>
                {dynamic(move || if is_asked.get() { "Back" } else { "Cancel" })}
            </button>
            <button type="submit" class="button button--main" disabled=is_held>
                {dynamic(move || {
                    let (verb, chats) = (verb.get(), chats(selection.count()));
                    if is_asked.get() { format!("Yes, {} {chats}", verb.to_lowercase()) } else { format!("{verb} {chats}") }
                })}
            </button>
        </div>
    }
    .into_any()
}

const fn title(many: Many) -> &'static str {
    match many {
        Many::UpdateStatus => "Update status",
        Many::Assign => "Assign",
        Many::ReturnToQueue => "Return to queue",
    }
}

fn chats(count: usize) -> String {
    if count == 1 { "1 chat".into() } else { format!("{} chats", super::status::comment::count(count)) }
}

/// What the button says before how many chats it is about.
const fn verb(status: Status) -> &'static str {
    match status {
        Status::Resolve => "Resolve",
        Status::Abandon => "Abandon",
        Status::Critical => "Mark critical:",
        Status::ClearCritical => "Clear critical:",
    }
}
