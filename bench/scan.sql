-- A month of scan records of $rows rows: a street of servers and devices made in the engine, seeded by row number.
-- Columns as geppo.model.telemetry.SERVICE; `truth` names the planted network, empty for everything else.
CREATE TABLE made AS
WITH base AS (
    SELECT i, (hash(i * 7 + 1) % 4294967296)::BIGINT AS a, (hash(i * 7 + 2) % 4294967296)::BIGINT AS b, (hash(i * 7 + 3) % 4294967296)::BIGINT AS c, (hash(i * 7 + 4) % 4294967296)::BIGINT AS d, i % 1000 AS kind
    FROM range($rows) t(i)
)
SELECT TIMESTAMP '2026-03-01' + INTERVAL (a % 2592000) SECOND AS ts,
       (10 + (i // 16777216)) || '.' || (i // 65536) % 256 || '.' || (i // 256) % 256 || '.' || i % 256 AS ip,
       CASE WHEN kind < 400 THEN [443, 443, 443, 8443, 80][1 + b % 5]
            WHEN kind < 600 THEN [443, 443, 8443, 9443, 4443, 10443][1 + b % 6]
            WHEN kind < 750 THEN [22, 22, 22, 2222][1 + b % 4]
            WHEN kind < 800 THEN 1024 + b % 60000
            WHEN kind < 960 THEN [443, 8443, 80, 37777, 34567, 7547, 8291][1 + kind % 7]
            ELSE [2083, 2087, 9001, 10443, 5060, 1723, 10000, 8006][1 + kind % 8] END::INTEGER AS port,
       (64600 + floor(4000 * pow((c % 100000) / 100000.0, 3)))::BIGINT AS asn,
       ['US', 'US', 'JP', 'DE', 'KR', 'CN', 'BR', 'FR', 'RU', 'TW', 'VN', 'TH'][1 + c % 12] AS country,
       CASE WHEN kind < 600 OR kind BETWEEN 960 AND 979 THEN sha256('c' || i)
            WHEN kind BETWEEN 800 AND 879 THEN sha256('v' || kind)
            WHEN kind BETWEEN 880 AND 959 THEN sha256('u' || i) END AS cert_sha256,
       CASE WHEN kind < 400 THEN 'CN=R' || (10 + a % 4) || ', O=Let''s Encrypt, C=US'
            WHEN kind < 600 THEN 'CN=' || substr(translate(md5('s' || i), '0123456789', 'ghijklmnop'), 1, (4 + a % 8)::INTEGER) || '.local, O=' || substr(translate(md5('o' || i), '0123456789', 'qrstuvwxyz'), 1, (4 + b % 6)::INTEGER)
            WHEN kind BETWEEN 800 AND 959 THEN 'CN=device, O=Maker' || substr(translate(md5('m' || kind), '0123456789', 'ghijklmnop'), 1, 6) || ' Electronics'
            WHEN kind BETWEEN 960 AND 979 THEN 'CN=' || substr(md5('p' || i), 1, 8) || '.host.example, O=cPanel' END AS cert_issuer,
       CASE WHEN kind < 400 THEN 'CN=' || substr(md5('h' || i), 1, (5 + b % 8)::INTEGER) || '.example' ELSE cert_issuer END AS cert_subject,
       CASE WHEN cert_sha256 IS NOT NULL THEN TIMESTAMP '2024-01-01' + INTERVAL (d % 63072000) SECOND END AS not_before,
       not_before + INTERVAL (CASE WHEN kind < 400 THEN 90 WHEN kind < 600 THEN [365, 730, 3650][1 + a % 3] ELSE 7300 END) DAY AS not_after,
       CASE WHEN cert_sha256 IS NOT NULL THEN substr(md5('x' || least(kind, 3 + kind // 100)), 1, 12) || '_' || substr(md5('y' || (a % 3)), 1, 12) END AS ja4x,
       CASE WHEN kind BETWEEN 800 AND 959 THEN substr(sha256('k' || kind), 1, 62)
            WHEN cert_sha256 IS NOT NULL THEN substr(sha256('j' || floor(60 * pow((d % 1000) / 1000.0, 2))), 1, 62) END AS jarm,
       CASE WHEN kind BETWEEN 800 AND 959 THEN md5('bk' || kind) ELSE md5('b' || floor(300 * pow((a % 1000) / 1000.0, 2))) END AS banner_hash,
       CASE WHEN kind BETWEEN 800 AND 959 THEN 'Maker' || substr(translate(md5('m' || kind), '0123456789', 'ghijklmnop'), 1, 6) || ' ' || ['router', 'camera', 'DVR', 'NAS'][1 + kind % 4]
            WHEN a % 3 = 0 THEN 'linux server' END AS device,
       '' AS truth
FROM base;

-- Planted: one row a node and sighting. Laws differ from those of tests/cases and of the lab.
INSERT INTO made
SELECT TIMESTAMP '2026-03-01' + INTERVAL ((hash(n * 11 + s) % 4294967296)::BIGINT % 2592000) SECOND,
       '100.' || (64 + p.number) || '.' || n // 256 || '.' || n % 256,
       CASE p.name WHEN 'batches' THEN 12000 + (hash(n // 55) % 4294967296)::BIGINT % 40000 WHEN 'century' THEN 8443
                   WHEN 'servers' THEN 56565 WHEN 'few' THEN 45123 ELSE [7177, 21288][1 + s] END::INTEGER,
       CASE WHEN p.name IN ('servers') THEN 65000 + n % 2 ELSE 64600 + (hash(n * 3) % 4294967296)::BIGINT % 400 END,
       ['JP', 'US', 'KR', 'TW'][1 + n % 4],
       CASE p.name WHEN 'batches' THEN sha256('B' || n) WHEN 'shells' THEN NULL ELSE sha256(p.name) END,
       CASE p.name WHEN 'batches' THEN 'CN=GW-' || substr(md5('q' || n), 1, 6) || ', O=CITY WATER DEPT, C=US' WHEN 'century' THEN 'CN=q,OU=q,O=q,L=q,ST=q,C=qq'
                   WHEN 'servers' THEN 'CN=PolarSSL Test CA, O=PolarSSL, C=NL' WHEN 'few' THEN 'CN=edge relay' END,
       CASE p.name WHEN 'batches' THEN 'CN=GW-' || substr(md5('q' || n), 1, 6) || ', O=CITY WATER DEPT, C=US' WHEN 'century' THEN 'CN=q,OU=q,O=q,L=q,ST=q,C=qq'
                   WHEN 'servers' THEN 'CN=localhost, O=PolarSSL, C=NL' WHEN 'few' THEN 'CN=edge relay' END,
       CASE WHEN p.name <> 'shells' THEN TIMESTAMP '2025-03-01' + INTERVAL (CASE WHEN p.name = 'batches' THEN (n // 55) * 5 ELSE 0 END) DAY + INTERVAL (n % 180) MINUTE END,
       CASE WHEN p.name <> 'shells' THEN TIMESTAMP '2025-03-01' + INTERVAL (CASE p.name WHEN 'century' THEN 36500 ELSE 3650 END) DAY END,
       CASE WHEN p.name <> 'shells' THEN substr(md5('J' || p.name), 1, 25) END,
       CASE WHEN p.name <> 'shells' THEN substr(sha256('K' || p.name), 1, 62) END,
       CASE WHEN p.name = 'shells' THEN md5('shell banner') END,
       CASE WHEN p.name = 'servers' THEN 'VPS' WHEN p.name = 'century' THEN 'Asagi router'
            ELSE ['Asagi router', 'Borea NAS', 'Cyan camera', 'Delta AP'][1 + (hash(n) % 4294967296)::BIGINT % 4] END,
       p.name
FROM (VALUES (1, 'batches', 1000), (2, 'century', 5000), (3, 'servers', 140), (4, 'few', 40), (5, 'shells', 8000)) p(number, name, nodes),
     LATERAL (SELECT unnest(range(p.nodes)) AS n), LATERAL (SELECT unnest([0, 1]) AS s);
