-- Text of foreign records to values; null where the text is no such value. Each is total: no input makes it fail.
CREATE TEMP MACRO epoch_time(v) AS CASE
    WHEN v >= 0 AND v < 1e11 THEN make_timestamp(CAST(round(v * 1e6) AS BIGINT))      -- seconds, to the year 5138
    WHEN v < 1e14 AND v > 0 THEN make_timestamp(CAST(round(v * 1e3) AS BIGINT))       -- milliseconds
    WHEN v < 1e17 AND v > 0 THEN make_timestamp(CAST(round(v) AS BIGINT))             -- microseconds
    WHEN v < 9e18 AND v > 0 THEN make_timestamp(CAST(round(v / 1e3) AS BIGINT))       -- nanoseconds
END;

CREATE TEMP MACRO zoned_time(v) AS CASE
    WHEN v >= TIMESTAMPTZ '1970-01-01 00:00:00+00' AND v < TIMESTAMPTZ '2300-01-01 00:00:00+00'
    THEN v AT TIME ZONE 'UTC'
END;

CREATE TEMP MACRO plain_time(v) AS CASE
    WHEN v >= TIMESTAMP '1970-01-01' AND v < TIMESTAMP '2300-01-01' THEN v
END;

-- Epoch numbers of any usual unit, or ISO 8601 with or without offset (without: UTC). Times with zones cost three times
-- as much, and a cast to TIMESTAMP drops an offset without a word: it is for texts that surely have none.
CREATE TEMP MACRO as_time(x) AS CASE
    WHEN TRY_CAST(x AS DOUBLE) IS NOT NULL THEN epoch_time(TRY_CAST(x AS DOUBLE))
    WHEN regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?')
    THEN plain_time(TRY_CAST(x AS TIMESTAMP))
    ELSE zoned_time(TRY_CAST(x AS TIMESTAMPTZ))
END;

-- The end of a certificate's validity may lie far away (9999-12-31), its start may lie before 1970.
CREATE TEMP MACRO as_validity(x) AS CASE
    WHEN TRY_CAST(x AS DOUBLE) IS NOT NULL AND abs(TRY_CAST(x AS DOUBLE)) < 2.6e11
    THEN make_timestamp(CAST(round(TRY_CAST(x AS DOUBLE) * 1e6) AS BIGINT))
    WHEN isfinite(TRY_CAST(x AS TIMESTAMPTZ)) THEN TRY_CAST(x AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
END;

CREATE TEMP MACRO as_address(x) AS CASE
    WHEN regexp_matches(x, '^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$')
    THEN x
    WHEN contains(x, ':') AND length(x) <= 64 THEN six_address(x)
END;

CREATE TEMP MACRO as_port(x) AS CASE
    WHEN TRY_CAST(x AS INTEGER) BETWEEN 0 AND 65535 THEN TRY_CAST(x AS INTEGER)
END;

CREATE TEMP MACRO as_count(x) AS CASE WHEN TRY_CAST(x AS BIGINT) >= 0 THEN TRY_CAST(x AS BIGINT) END;

CREATE TEMP MACRO as_seconds(x) AS CASE
    WHEN TRY_CAST(x AS DOUBLE) >= 0 AND TRY_CAST(x AS DOUBLE) < 1e9 THEN TRY_CAST(x AS DOUBLE)
END;

CREATE TEMP MACRO as_asn(x) AS as_count(regexp_replace(x, '^[Aa][Ss]', ''));

CREATE TEMP MACRO as_country(x) AS CASE WHEN regexp_matches(x, '^[A-Za-z]{2}$') THEN upper(x) END;

CREATE TEMP MACRO as_fingerprint(x) AS lower(replace(x, ':', ''));

-- RFC 4514, section 2.4: what must be escaped in an attribute value.
CREATE TEMP MACRO escaped_value(v) AS regexp_replace(v, '([\\,+"<>;])', '\\\1', 'g');

-- "C=US, O=Example" to "C=US,O=Example": the space after the comma is no part of RFC 4514 text.
CREATE TEMP MACRO as_subject(x) AS regexp_replace(x, ', ([A-Za-z][A-Za-z0-9.-]*=)', ',\1', 'g');

-- A subject as a JSON object {"C": "US", "CN": "a"} to text, the last attribute first (RFC 4514, section 2.1).
CREATE TEMP MACRO subject_of(x) AS array_to_string(
    list_reverse(list_transform(
        map_entries(TRY_CAST(TRY_CAST(x AS JSON) AS MAP(VARCHAR, VARCHAR))),
        lambda e: e.key || '=' || escaped_value(e.value))),
    ',');
