package dev.sotto.sidecar;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A gateway's sealed API with one model, and a log of all that it was sent. */
final class TestGateway implements AutoCloseable {
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  final List<String> received = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final byte[] part;
  private final String digest;
  volatile int jobStatus = 200;
  volatile String job = "{}";

  TestGateway(Path publicPart, String modelDigest) throws IOException {
    this.part = Files.readAllBytes(publicPart);
    this.digest = modelDigest;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    calls.add(call);
    received.add(
        call
            + exchange.getRequestHeaders().entrySet()
            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
    switch (call) {
      case "GET /v1/models" ->
          answer(
              exchange,
              200,
              """
              {"object":"list","data":[{"id":"small","object":"model","x_sotto":
              {"model_digest":"%s","protections":["passive","compared"]}}]}"""
                  .formatted(digest)
                  .getBytes(StandardCharsets.UTF_8));
      case "GET /v1/sealed/models/small/public" -> answer(exchange, 200, part);
      case "POST /v1/sealed/jobs" ->
          answer(exchange, jobStatus, job.getBytes(StandardCharsets.UTF_8));
      default -> answer(exchange, 404, "{}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
