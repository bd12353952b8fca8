"""A virtual Bluetooth controller that is as slow and as forgetful as a real one."""

from bumble import hci
from bumble.controller import Connection, Controller

from imu.simulate.air.link import AirLink
from imu.simulate.air.model import LinkModel

PACKET_BYTES = 251  # data length extension, as every controller since Bluetooth 4.2


class AirController(Controller):
    """Bumble's controller, with packets that take their time and connecting that can be given up."""

    acl_data_packet_length = PACKET_BYTES
    le_acl_data_packet_length = PACKET_BYTES
    link: AirLink

    def __init__(
        self, name: str, link: AirLink, *, public_address: hci.Address, model: LinkModel | None = None
    ) -> None:
        super().__init__(name, link=link, public_address=public_address)
        self.model = model  # of a sensor's connection; None for a computer's adapter
        if model is not None:
            self.total_num_le_acl_data_packets = model.buffers

    @property
    def listens(self) -> bool:
        """Whether it would notice an advertisement."""
        return self.le_scan_enable or self.pending_le_connection is not None

    def on_hci_acl_data_packet(self, packet: hci.HCI_AclDataPacket) -> None:
        connection = self.find_connection_by_handle(packet.connection_handle)
        if connection is not None:  # it may just have been lost
            self.link.submit(self, connection, packet)

    def on_le_disconnected(self, connection: Connection, reason: int) -> None:
        self.link.forget(self, connection)
        super().on_le_disconnected(connection, reason)

    def on_hci_read_rssi_command(
        self, command: hci.HCI_Read_RSSI_Command
    ) -> hci.HCI_Read_RSSI_ReturnParameters:
        # Bumble's own does not know the command.
        connection = self.find_connection_by_handle(command.handle)
        if connection is None:
            error = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR
            return hci.HCI_Read_RSSI_ReturnParameters(status=error, handle=command.handle, rssi=0)
        return hci.HCI_Read_RSSI_ReturnParameters(
            status=hci.HCI_ErrorCode.SUCCESS,
            handle=command.handle,
            rssi=self.link.signal_dbm(self, connection),
        )

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        # Bumble's own goes on connecting for ever, and refuses every later attempt.
        pending = self.pending_le_connection
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.pending_le_connection = None
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=pending.peer_address_type,
                peer_address=pending.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)
