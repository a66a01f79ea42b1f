package genka.plan;

import genka.units.Fault;
import genka.units.GenkaException;
import genka.units.Words;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * A CSV file, one row a line: cells may be quoted (RFC 4180) and have blanks around them, columns stand in any order.
 *
 * @param columns their names
 */
record CsvTable(List<String> columns, List<Row> rows) {
    /**
     * A row that is not blank.
     *
     * @param line of the file, the header's is 1
     */
    record Row(int line, List<String> columns, List<String> cells) {
        /** By column; a blank cell is absent. */
        Values values() {
            Map<String, Object> values = new HashMap<>();
            for (int i = 0; i < cells.size(); i++) {
                if (cells.get(i).isEmpty()) {
                    continue;
                }
                if (i >= columns.size()) {
                    throw GenkaException.user(cells.size() + " cells for " + columns.size() + " columns");
                }
                values.put(columns.get(i), cells.get(i));
            }
            return new Values(values);
        }
    }

    /** That it has these columns, as the files of those people have. */
    void need(Path file, List<String> wanted, String whose) {
        for (String column : wanted) {
            if (!columns.contains(column)) {
                throw GenkaException.user(
                        file + " has no column (" + column + "). Maybe it is no CSV of " + whose + "?");
            }
        }
    }

    /** Reads a file, packed with gzip where its name ends in .gz. */
    static CsvTable read(Path file) {
        List<String> columns = List.of();
        List<Row> rows = new ArrayList<>();
        try (BufferedReader reader = open(file)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                if (columns.isEmpty()) {
                    columns = cells(line.replace("\uFEFF", ""));
                } else {
                    rows.add(new Row(number, columns, cells(line)));
                }
            }
        } catch (CharacterCodingException e) {
            throw new GenkaException(Fault.USER, file + " is not text in UTF-8. Maybe another file?", e);
        } catch (IOException e) {
            throw new GenkaException(Fault.USER, file + " cannot be read: " + Words.reason(e), e);
        }
        if (columns.isEmpty()) {
            throw GenkaException.user(file + " is empty. Maybe restore it");
        }
        Set<String> names = new HashSet<>();
        for (String column : columns) {
            if (!column.isEmpty() && !names.add(column)) {
                throw GenkaException.user(file + " has two columns (" + column + "). Maybe remove or rename one?");
            }
        }
        return new CsvTable(columns, rows);
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(
                plain,
                StandardCharsets.UTF_8.newDecoder())); // with a decoder of its own, what is not UTF-8 is an error
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
