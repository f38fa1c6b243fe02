//! The backend on a real database: commands, queries and what they tell.

mod graph;
mod shelf;
mod transcript;

mod away;
mod bot;
mod channels;
mod contacts;
mod deliver;
mod desk;
mod drafts;
mod feedback;
mod files;
mod flows;
mod invitations;
mod live;
mod marks;
mod media;
mod missed;
mod nodes;
mod order;
mod passwords;
mod people;
mod restore;
mod returns;
mod route;
mod setup;
mod signals;
mod signing_in;
mod sweeper;
mod trouble;
mod visibility;
mod visitors;
mod walks;
mod webhooks;
mod writes;
