-- One row an endpoint and stack; `id` is a hash of both, so it does not depend on the order of records. Texts become
-- 64-bit hashes, so that every later grouping runs on integers.
-- `name` holds each distinct issuer once, with its patterns:
--   mask    words with a digit become '#': what stays constant in "CN=ROOT-3f2a, O=X"
--   fine    each letter and digit by its kind, lengths kept:  "CN=ab12" -> "AA=aa99"
--   coarse  the same with runs collapsed:                     "CN=ab12" -> "A=a9"
-- Names are many and their fine forms few, so what the fine form settles is worked out once a form.
CREATE TABLE fine_form AS
SELECT id, name,
       translate(name, 'bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ012345678',
                 repeat('a', 25) || repeat('A', 25) || repeat('9', 9)) AS form
FROM (SELECT hash(cert_issuer) AS id, cert_issuer AS name FROM record WHERE cert_issuer <> '' GROUP BY cert_issuer);

CREATE TABLE name AS
SELECT id, name,
       hash(regexp_replace(name, '[A-Za-z]*[0-9][A-Za-z0-9]*', '#', 'g')) AS mask,
       fine, coarse,
       hash(nullif(regexp_extract(name, '(?:^|[,/+])\s*O=([^,/+]+)', 1), '')) AS organisation,
       regexp_matches(name, $authority) AS public, trivial
FROM fine_form JOIN (
    SELECT form, hash(form) AS fine,
           hash(regexp_replace(regexp_replace(regexp_replace(form, 'aa+', 'a', 'g'), 'AA+', 'A', 'g'), '99+', '9', 'g'))
               AS coarse,
           regexp_matches(form, '^(?:[A-Za-z]{1,3}=[A-Za-z0-9]{1,2} *(?:, *|$)){3,}$') AS trivial
    FROM fine_form GROUP BY form
) USING (form);

DROP TABLE fine_form;

CREATE OR REPLACE TEMP VIEW shown AS
SELECT ip, port,
       if(cert_sha256 <> '', hash(cert_sha256), NULL) AS cert,
       if(jarm <> '', hash(jarm), NULL) AS jarm,
       if(banner_hash <> '', hash(banner_hash), NULL) AS banner,
       if(ja4x <> '', hash(ja4x), NULL) AS ja4x,
       if(cert_issuer <> '', hash(cert_issuer), NULL) AS issuer,
       if(cert_subject <> '', hash(cert_subject), NULL) AS subject,
       (epoch(not_before)::BIGINT // 3600)::INTEGER AS begins,
       date_diff('day', not_before, not_after)::INTEGER AS days,
       asn, country, device, ts, hash(ip, port, cert, jarm, banner) AS stack
FROM record;

-- Most endpoints of a scan are seen once. Only the others go through the wide grouping, which costs most of all.
CREATE TABLE again AS SELECT stack FROM shown GROUP BY stack HAVING count(*) > 1;

CREATE TABLE endpoint AS
SELECT (hash(e.ip, e.port, e.cert, e.jarm, e.banner) >> 1)::BIGINT AS id, e.* REPLACE (
           -- Without a system number the address block stands in for it, as a negative number.
           coalesce(e.asn, -1 - (hash(regexp_extract(e.ip, '^([0-9]+[.][0-9]+|[0-9a-fA-F]+:[0-9a-fA-F]*:?[0-9a-fA-F]*)'))
                                 % 1000000007)::BIGINT) AS asn),
       n.mask AS issuer_mask, n.fine AS issuer_fine, n.coarse AS issuer_coarse, n.organisation, coalesce(n.public, false) AS public,
       coalesce(n.trivial, false) AS trivial,
       o.port IS NULL AS odd, v.device IS NOT NULL AS edge
FROM (SELECT ip, port, cert, jarm, banner, ja4x, issuer, subject, begins, days, asn, country, device,
             ts AS first_seen, ts AS last_seen
      FROM shown ANTI JOIN again USING (stack)
      UNION ALL
      SELECT ip, port, cert, jarm, banner, min(ja4x), min(issuer), min(subject), min(begins), min(days), min(asn),
             min(country), min(device), min(ts), max(ts)
      FROM shown SEMI JOIN again USING (stack)
      GROUP BY ip, port, cert, jarm, banner) e
LEFT JOIN name n ON n.id = e.issuer
LEFT JOIN ordinary_port o ON o.port = e.port
LEFT JOIN edge_device v ON v.device = e.device;

DROP TABLE again;
