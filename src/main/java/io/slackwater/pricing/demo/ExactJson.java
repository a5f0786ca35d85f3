package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.OffsetDateTime;

/** Reads JSON documents with their decimals as they are written: 8.00 stays 8.00. */
final class ExactJson {

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private ExactJson() {}

    /**
     * Parses a document.
     *
     * @throws IOException when it is no JSON
     */
    static JsonNode read(byte[] document) throws IOException {
        return JSON.readTree(document);
    }

    /**
     * Returns a time in epoch milliseconds, which is written as such or in ISO-8601 with an offset.
     *
     * @throws java.time.DateTimeException when it is neither
     */
    static long millis(JsonNode time) {
        return time.isNumber()
                ? time.asLong()
                : OffsetDateTime.parse(time.asText()).toInstant().toEpochMilli();
    }
}
