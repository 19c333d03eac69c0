package dev.sotto.openai.response;

import dev.sotto.openai.ApiHost;
import dev.sotto.openai.answer.AnswerFacts;
import dev.sotto.openai.answer.Answering;
import dev.sotto.openai.answer.Ask;
import dev.sotto.openai.answer.Exchange;
import dev.sotto.openai.answer.JobHeader;
import dev.sotto.openai.json.Json;
import dev.sotto.openai.response.ResponseRequest.Read;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/responses}. */
@RestController
class ResponsesController {
  private final ApiHost host;
  private final Answering answering;

  ResponsesController(ApiHost host, Answering answering) {
    this.host = host;
    this.answering = answering;
  }

  @PostMapping(path = "/v1/responses", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "createResponse",
      summary = "Answers a conversation, as newer clients ask",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/json",
                      schema = @Schema(implementation = ResponseRequest.class))))
  @ApiResponse(
      responseCode = "200",
      description = "The response, or a stream of its events",
      headers =
          @Header(
              name = JobHeader.NAME,
              description = JobHeader.ABOUT,
              schema = @Schema(type = "string")),
      content = {
        @Content(
            mediaType = "application/json",
            schema = @Schema(implementation = ResponseBody.class)),
        @Content(
            mediaType = "text/event-stream",
            schema = @Schema(implementation = ResponseEvent.class))
      })
  void create(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Exchange exchange = Exchange.of(host, request, response);
    Echo[] echo = {new Echo(null, 1, Map.of())};
    answering.answer(
        exchange,
        () -> {
          Read read =
              ResponseRequest.read(
                  Json.object(exchange.body()), host.models(exchange.caller()), host.obfuscates());
          echo[0] = read.echo();
          return read.ask();
        },
        "input",
        (ask, facts) -> new ResponseViews.Whole(draft(facts, ask, echo[0])),
        (ask, facts, events) -> new ResponseViews.Streamed(draft(facts, ask, echo[0]), events));
  }

  private static ResponseDraft draft(AnswerFacts facts, Ask ask, Echo echo) {
    return new ResponseDraft(facts, ask, echo);
  }
}
