package io.slackwater.pricing.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Reads a properties file (UTF-8) so that every value knows its line. */
final class SettingsFile {

    private SettingsFile() {}

    /**
     * Reads the file line by line, each (with what continues it) by {@link Properties} itself: the
     * format is exactly the known one.
     *
     * @param file its path, and where that was written
     * @param faults gets what is wrong with the file
     * @return key and value in their order; empty where the file cannot be read
     */
    static Map<String, Given> read(Given file, Faults faults) {
        Map<String, Given> found = new LinkedHashMap<>();
        List<String> lines = lines(file, faults);
        for (int i = 0; i < lines.size(); i++) {
            String where = file.value() + ":" + (i + 1);
            StringBuilder line = new StringBuilder(lines.get(i));
            while (goesOn(line) && i + 1 < lines.size()) {
                line.append('\n').append(lines.get(++i));
            }
            Properties property = new Properties();
            try {
                property.load(new StringReader(line.toString()));
            } catch (IOException | IllegalArgumentException e) {
                faults.add(where + ": must be key = value; a \\u is followed by four hex digits");
            }
            for (String key : property.stringPropertyNames()) {
                Given value = new Given(property.getProperty(key).trim(), where);
                Given before = found.putIfAbsent(key, value);
                if (before != null) {
                    faults.add(
                            key, value, "must be given once; it is already at " + before.where());
                }
            }
        }
        return found;
    }

    private static List<String> lines(Given file, Faults faults) {
        try {
            String text = Files.readString(Path.of(file.value()), StandardCharsets.UTF_8);
            return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
        } catch (NoSuchFileException e) {
            faults.add("settings", file, "must name a properties file; there is none at this path");
        } catch (CharacterCodingException e) {
            faults.add("settings", file, "must be UTF-8; the file has other bytes");
        } catch (IOException | InvalidPathException e) {
            faults.add("settings", file, "must name a file that can be read; this one cannot");
        }
        return List.of();
    }

    private static boolean goesOn(CharSequence line) {
        String text = line.toString();
        if (text.stripLeading().startsWith("#") || text.stripLeading().startsWith("!")) {
            return false;
        }
        int backslashes = 0;
        while (backslashes < text.length()
                && text.charAt(text.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
