package io.slackwater.pricing.json;

import java.nio.charset.StandardCharsets;

/** Spells the keys of output topics that are made of two parts. */
final class OutputKeys {

    private OutputKeys() {}

    /**
     * A key {@code first|second}. In the first part, a backslash and a bar get a backslash before
     * them, so that no two pairs share a key.
     */
    static byte[] of(String first, String second) {
        return bytes(withoutBars(first) + '|' + second);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String withoutBars(String name) {
        return name.indexOf('|') < 0 && name.indexOf('\\') < 0
                ? name
                : name.replace("\\", "\\\\").replace("|", "\\|");
    }
}
