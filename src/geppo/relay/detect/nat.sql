-- Addresses that stand for several hosts: by source ports, and by how often they call what the house calls.
-- Sample parameters: first 32768, second 49152, third 61000, least_flows 200, share 0.05, least_hosts 8.
-- section: ports
-- Answered TCP connections that each host opens to the outside, by where their source ports lie. One system takes them from
-- one range: from 32768 to 60999 (Linux), or from 49152 on (RFC 6335; Windows, macOS). UDP is left out: resolvers draw
-- from the whole range (RFC 5452).
CREATE OR REPLACE TEMP TABLE source_ports AS
SELECT host, count(*) AS n, approx_count_distinct(sport) AS ports, min(t) AS first, max(e) AS last,
       count(*) FILTER (sport < $first) / count(*) AS low,
       count(*) FILTER (sport >= $first AND sport < $second) / count(*) AS middle,
       count(*) FILTER (sport >= $third) / count(*) AS high
FROM stage.leg WHERE opened AND NOT peer_inside AND NOT udp AND NOT failed AND b_in > 0 AND b_out > 0 AND sport >= 1024
GROUP BY host HAVING count(*) >= $least_flows;
-- section: mixed
-- Hosts whose ports come from no single range: rewritten ones, or those of two kinds of systems. A few fixed ports are a
-- program's own.
CREATE OR REPLACE TEMP TABLE mixed AS
SELECT * FROM source_ports
WHERE (low >= $share OR (middle >= $share AND high >= $share)) AND ports >= least(n, 4000) // 4;
-- section: known
CREATE OR REPLACE TEMP TABLE known AS
SELECT host FROM mixed UNION SELECT unnest($hosts::UINTEGER[]);
-- section: gateways
-- For each of them how many hosts of the house it calls like: the median, over outside services that many hosts call, of
-- its connections over those of the median host; and how much of its work is to be called.
WITH usual AS (
  SELECT peer, port, median(n) AS n FROM stage.pair p ANTI JOIN known k ON k.host = p.host
  WHERE opened AND NOT peer_inside AND NOT udp AND p.n > failed GROUP BY peer, port HAVING count(*) >= $least_hosts
), likened AS (
  SELECT p.host, count(*) AS services, median(p.n / u.n) AS alike
  FROM stage.pair p SEMI JOIN known k ON k.host = p.host JOIN usual u ON u.peer = p.peer AND u.port = p.port
  WHERE p.opened GROUP BY p.host
), whole AS (
  SELECT host, coalesce(sum(n - failed) FILTER (NOT opened), 0)::BIGINT AS called,
         coalesce(sum(n - failed) FILTER (opened), 0)::BIGINT AS opened, min(first) AS first, max(last) AS last
  FROM stage.pair SEMI JOIN known USING (host) GROUP BY host
)
SELECT w.host, w.first, w.last, w.called, w.opened, coalesce(s.ports, 0) AS ports, coalesce(s.low, 0) AS low,
       coalesce(s.middle, 0) AS middle, coalesce(s.high, 0) AS high, coalesce(l.services, 0) AS services,
       coalesce(l.alike, 0) AS alike, m.host IS NOT NULL AS mixed
FROM whole w LEFT JOIN mixed m USING (host) LEFT JOIN source_ports s USING (host) LEFT JOIN likened l USING (host)
ORDER BY w.host;
