-- Fan-in and fan-out of each host.
-- section: profile
CREATE OR REPLACE TEMP TABLE profile AS
SELECT p.host,
  count(DISTINCT p.peer) FILTER (WHERE NOT opened AND peer_inside AND n > failed) AS callers_inside,
  count(DISTINCT p.peer) FILTER (WHERE NOT opened AND NOT peer_inside AND n > failed) AS callers_outside,
  count(DISTINCT p.peer) FILTER (WHERE opened AND peer_inside AND n > failed) AS targets_inside,
  count(DISTINCT p.peer) FILTER (WHERE opened AND NOT peer_inside AND n > failed) AS targets_outside,
  count(DISTINCT (p.peer, p.port)) FILTER (WHERE opened AND n = failed) AS tried,
  count(DISTINCT p.port) FILTER (WHERE opened AND n = failed) AS tried_ports,
  count(*) FILTER (WHERE opened) AS opened_pairs,
  coalesce(sum(n) FILTER (WHERE opened), 0)::BIGINT AS opened_n,
  coalesce(sum(n) FILTER (WHERE NOT opened), 0)::BIGINT AS called_n,
  coalesce(sum(n) FILTER (WHERE port IN (SELECT port FROM mail_port)), 0)::BIGINT AS mail_n,
  coalesce(sum(n) FILTER (WHERE port IN (SELECT port FROM tor_port)), 0)::BIGINT AS tor_n,
  coalesce(sum(n) FILTER (WHERE NOT opened AND port IN (SELECT port FROM resolver_port)), 0)::BIGINT AS resolver_n,
  coalesce(sum(b_in), 0)::BIGINT AS b_in, coalesce(sum(b_out), 0)::BIGINT AS b_out, min(first) AS first, max(last) AS last
FROM stage.pair p GROUP BY p.host;
-- section: listen
-- How many hosts call each service of a host, inside and outside.
SELECT host, port, count(DISTINCT peer) FILTER (WHERE peer_inside) AS inside, count(DISTINCT peer) FILTER (WHERE NOT peer_inside) AS outside
FROM stage.pair WHERE NOT opened AND n > failed AND host IN (SELECT unnest($hosts::UINTEGER[])) GROUP BY host, port ORDER BY host, port;
