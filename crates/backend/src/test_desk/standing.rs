//! Another process in the middle of a transaction: it has done everything, holds what it took, and has not committed.

use std::sync::Arc;

use domain::audit::Doer;
use domain::change::Change;
use domain::id::{RoomId, TeamId};
use domain::room::Room;
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::Notify;

use crate::backend::Backend;
use crate::error::Result;
use crate::store::Engine;
use crate::teams;
use crate::test_desk::TestDesk;
use crate::test_desk::rooms::Happen;
use crate::writer::{Command, Tx};

impl TestDesk {
    /// Has `other` remove the team while `asked` is asked of this process, which comes before the commit or waits for it.
    /// Gives how both went.
    pub async fn while_removed<T>(
        &self,
        other: &Backend,
        team: TeamId,
        asked: impl Future<Output = T>,
    ) -> (T, Result<()>) {
        self.while_standing(other, teams::Remove { by: Doer::CommandLine, id: team }, asked).await
    }

    /// As [`TestDesk::while_removed`], while `other` has `changes` happen to the room.
    pub async fn while_happening<T>(
        &self,
        other: &Backend,
        room: RoomId,
        changes: Vec<Change>,
        asked: impl Future<Output = T>,
    ) -> (T, Result<Room>) {
        self.while_standing(other, Happen { room, changes }, asked).await
    }

    async fn while_standing<C: Command, T>(
        &self,
        other: &Backend,
        command: C,
        asked: impl Future<Output = T>,
    ) -> (T, Result<C::Output>) {
        let (stands, goes_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let standing = Standing { command, stands: Arc::clone(&stands), goes_on: Arc::clone(&goes_on) };
        let here = async {
            stands.notified().await;
            let mut asked = std::pin::pin!(asked);
            loop {
                tokio::select! {
                    answer = &mut asked => {
                        goes_on.notify_one();
                        return answer;
                    }
                    waits = self.somebody_waits() => if waits { break },
                }
            }
            goes_on.notify_one();
            asked.await
        };
        tokio::join!(here, other.run(standing))
    }

    /// Whether a transaction waits for another. SQLite, which has one at a time, tells nobody; there it is taken for granted.
    async fn somebody_waits(&self) -> bool {
        let store = self.backend.store();
        if store.engine == Engine::Sqlite {
            tokio::task::yield_now().await;
            return true;
        }
        let asked =
            "SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let asked = Statement::from_string(store.read.get_database_backend(), asked);
        store.read.query_one_raw(asked).await.expect("the server tells who waits").is_some()
    }
}

struct Standing<C> {
    command: C,
    stands: Arc<Notify>,
    goes_on: Arc<Notify>,
}

impl<C: Command> Command for Standing<C> {
    type Output = C::Output;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<C::Output> {
        let output = self.command.run(tx).await?;
        self.stands.notify_one();
        self.goes_on.notified().await;
        Ok(output)
    }
}
