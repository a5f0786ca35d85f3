package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaKeysTest {

    private static String name(String key) {
        return KafkaKeys.name(key.getBytes(UTF_8), "book_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default",
                "\"default\"",
                " \r\n\t\"default\" ",
                "\"d\\u0065fault\"",
                "{\"book_id\":\"default\"}",
                " { \"version\" : {\"book_id\":\"x\"} , \"book_id\" : \"default\" } ",
                "{\"schema\":{\"type\":\"string\"},\"payload\":\"default\"}",
                "{\"payload\":\"default\",\"schema\":null}",
                "{\"schema\":{\"fields\":[{\"book_id\":1}]},\"payload\":{\"book_id\":\"default\"}}",
                "{\"book_id\":\"default\",\"schema\":1,\"payload\":\"x\"}"
            })
    void readsTheNameThatAKeySpells(String key) {
        assertEquals("default", name(key));
        assertTrue(KafkaKeys.agrees(key.getBytes(UTF_8), "book_id", "default"));
        assertFalse(KafkaKeys.agrees(key.getBytes(UTF_8), "book_id", "other"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{default}",
                "\"default",
                "\"default\" x",
                "{\"book_id\":\"default\"}}",
                "[\"default\"]",
                "null",
                "7",
                "'default'"
            })
    void takesWhatIsNotJsonForPlainText(String key) {
        assertEquals(key, name(key));
        assertTrue(KafkaKeys.agrees(key.getBytes(UTF_8), "book_id", key));
        assertFalse(KafkaKeys.agrees(key.getBytes(UTF_8), "book_id", "default"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"id\":\"default\"}",
                "{\"payload\":\"default\"}",
                "{\"book_id\":null}",
                "{\"book_id\":[\"default\"]}",
                "{\"schema\":{},\"payload\":true}",
                "{\"schema\":{},\"payload\":{\"schema\":{},\"payload\":\"default\"}}"
            })
    void agreesWithNoNameWhereJsonNamesNothing(String key) {
        assertEquals(key, name(key));
        assertFalse(KafkaKeys.agrees(key.getBytes(UTF_8), "book_id", "default"));
    }

    @Test
    void takesAnEnvelopeAroundNullForNoKey() {
        byte[] key = "{\"schema\":null,\"payload\":null}".getBytes(UTF_8);
        assertNull(KafkaKeys.name(key, "book_id"));
        assertTrue(KafkaKeys.agrees(key, "book_id", "default"));
        assertNull(KafkaKeys.name(null, "book_id"));
        assertTrue(KafkaKeys.agrees(null, "book_id", "default"));
    }

    @Test
    void keepsLeadingZerosAndReadsIntegersByTheirDigits() {
        assertEquals("00123", name("00123"));
        assertEquals("00123", name("\"00123\""));
        assertEquals("123", name("{\"book_id\":123}"));
        assertEquals("9".repeat(50), name("{\"schema\":{},\"payload\":" + "9".repeat(50) + "}"));
    }

    @Test
    void agreesWithNoNameWhereTheKeyIsNotUtf8() {
        byte[] key = {'a', (byte) 0xC0, (byte) 0xAF};
        assertFalse(KafkaKeys.agrees(key, "book_id", "a"));
        assertFalse(KafkaKeys.agrees(key, "book_id", KafkaKeys.name(key, "book_id")));
    }

    @Test
    void comparesPlainTextAsUtf8SaysIt() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] letters = {'a', 'b', 0x7F, 0x80, 0xE9, 0x7FF, 0x800, 0xFFFD, 0x1F600, 0x10FFFF};
        for (int i = 0; i < 50_000; i++) {
            String one = text(random, letters);
            String other = random.nextInt(3) == 0 ? one : text(random, letters);
            assertEquals(
                    one.equals(other),
                    KafkaKeys.agrees(one.getBytes(UTF_8), "book_id", other),
                    () -> "seed " + seed + ": " + one + " and " + other);
        }
    }

    private static String text(Random random, int[] letters) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }
}
