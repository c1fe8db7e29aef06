-- Requests with an id and requests with a key are kept alike. What ids stood for so far is forgotten: they are told by a hash from now on.
delete from claim where kind = 'request';
update claim set kind = 'request' where kind = 'answer';
